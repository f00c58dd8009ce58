# SPDX-License-Identifier: MIT
#
# make fuzz          the fuzzers, FUZZ_RUNS executions each
# make check-fuzz    what they found worth keeping, tests/fuzz/corpus, once more
# make fuzz-keep-NAME BUILD=build-fuzz   keeps what the fuzzer found there: what
#                    reaches lines that all else does not
#
# A fuzzer for each decoder, one for the board and one for the whole server.

FUZZ_RUNS ?= 10000000
FUZZ_LEN ?= 4096
FUZZ_OPTIONS ?=
FUZZ_NAMES = $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_PROGRAMS = $(FUZZ_NAMES:%=$(BUILD)/tests/fuzz/%)
# What several of them use.
FUZZ_PARTS = $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%.o,$(filter-out \
	tests/fuzz/fuzz_% %/replay.c,$(sort $(wildcard tests/fuzz/*.c))))
FUZZ_LIBRARY = $(BUILD)/tests/fuzz/libparts.a

fuzz:
	@tests/setup check
	@$(MAKE) --no-print-directory CC=clang BUILD=build-fuzz \
	    SANITIZE=fuzzer-no-link,address,undefined \
	    $(FUZZ_NAMES:%=run-%)

# A corpus grows in the build; what is found worth keeping is in the tree.
FUZZ_CORPUS = $(BUILD)/corpus/$* $(BUILD)/corpus/$*.kept

run-fuzz_%: $(BUILD)/tests/fuzz/fuzz_% fuzz-unpack-%
	$< -runs=$(FUZZ_RUNS) -max_len=$(FUZZ_LEN) -print_final_stats=1 \
	    $(patsubst %,-dict=%,$(wildcard tests/fuzz/$*.dict)) \
	    $(FUZZ_OPTIONS) $(FUZZ_CORPUS)

fuzz-unpack-%:
	@mkdir -p $(FUZZ_CORPUS)
	@$(PYTHON) tests/fuzz/corpus.py unpack tests/fuzz/corpus/$* \
	    $(BUILD)/corpus/$*.kept

fuzz-keep-%: $(BUILD)/tests/fuzz/fuzz_% fuzz-unpack-%
	@rm -rf $(BUILD)/corpus/$*.least
	@mkdir -p $(BUILD)/corpus/$*.least
	$< -merge=1 -use_counters=0 -use_cmp=0 $(BUILD)/corpus/$*.least \
	    $(FUZZ_CORPUS)
	@$(PYTHON) tests/fuzz/corpus.py pack $(BUILD)/corpus/$*.least \
	    tests/fuzz/corpus/$*

$(FUZZ_LIBRARY): $(FUZZ_PARTS)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

FUZZ_PACKAGES = $(call pkg,libs,$(DAEMON_PACKAGES))

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(FUZZ_LIBRARY) \
	$(LIBDAEMON) $(LIBPROTOCOL)
	$(call say,LD)
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(FUZZ_PACKAGES)

# Without libFuzzer, in whichever build: each file once.
$(BUILD)/tests/fuzz/replay_%: $(BUILD)/tests/fuzz/fuzz_%.o \
	$(BUILD)/tests/fuzz/replay.o $(FUZZ_LIBRARY) $(LIBDAEMON) \
	$(LIBPROTOCOL)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(FUZZ_PACKAGES)

check-fuzz: $(FUZZ_NAMES:fuzz_%=replay-%)

replay-%: $(BUILD)/tests/fuzz/replay_%
	@echo "  FUZZ  $*"
	@$(EMULATOR) $< tests/fuzz/corpus/$* >$<.log 2>&1 || { tail -n 100 $<.log; exit 1; }

# Whoever changes what a fuzzer tests runs what it found.
check-unit: check-fuzz
run-test_board: replay-board

.PHONY: fuzz check-fuzz

-include $(FUZZ_NAMES:%=$(BUILD)/tests/fuzz/%.d) $(FUZZ_PARTS:.o=.d) \
	$(BUILD)/tests/fuzz/replay.d
