# SPDX-License-Identifier: MIT
#
# make coverage   which lines of picod its tests and the corpora of its fuzzers
#                 reach together; fails where a file of daemon/ falls short
#
# COVERAGE_E2E='send holds' runs these end-to-end tests only.

COVERAGE_BUILD = build-coverage
COVERAGE_E2E ?= $(E2E_NAMES)
# Counters are in the file itself, so that they outlive an exec() or a kill.
COVERAGE_MAKE = env CFLAGS='-O1 -g -fprofile-instr-generate -fcoverage-mapping \
	-mllvm -runtime-counter-relocation' \
	LDFLAGS=-fprofile-instr-generate $(MAKE) --no-print-directory CC=clang \
	BUILD=$(COVERAGE_BUILD)
# Each program has a few files, into which all of its runs are merged.
COVERAGE_PROFILE = $(CURDIR)/$(COVERAGE_BUILD)/profile/%4m%c.profraw

coverage: check-setup
	@rm -rf $(COVERAGE_BUILD)/profile
	@mkdir -p -m 1777 $(COVERAGE_BUILD)/profile	# some tests are nobody
	@$(COVERAGE_MAKE) -O -j2 all $(UNIT_NAMES:%=$(COVERAGE_BUILD)/tests/unit/%)
	@LLVM_PROFILE_FILE=$(COVERAGE_PROFILE) $(COVERAGE_MAKE) -O -k -j4 \
	    check-unit check-fuzz $(COVERAGE_E2E:%=check-e2e-%) || \
	    echo "some tests failed; what they reached counts all the same"
	@$(PYTHON) tests/coverage.py $(COVERAGE_BUILD)

.PHONY: coverage
