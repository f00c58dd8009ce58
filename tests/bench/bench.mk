# SPDX-License-Identifier: MIT
#
# make bench        what picod costs, beside programs without it and under load
# make bench AGAINST=DIR    what it costs under load, beside the build of another
#                           checkout, in turns

BENCH_NAMES = direct stopwatch through
BENCH_PROGRAMS = $(BENCH_NAMES:%=$(BUILD)/tests/bench/%)

$(BUILD)/tests/bench/direct $(BUILD)/tests/bench/stopwatch: %: %.o
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^

$(BUILD)/tests/bench/through: $(BUILD)/tests/bench/through.o \
	$(BUILD)/client/lib/libpicod.a
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call pkg,libs,jansson)

bench:
	@tests/setup check
ifdef AGAINST
	@$(MAKE) --no-print-directory all $(BENCH_PROGRAMS)
	@$(TEST_ENV) $(PYTHON) tests/bench/load.py $(abspath $(AGAINST))
else
	@$(MAKE) --no-print-directory all e2e-needs $(BENCH_PROGRAMS)
	@$(TEST_ENV) $(PYTHON) tests/bench/bench.py
endif

.PHONY: bench

-include $(BENCH_PROGRAMS:=.d)

# What files cost, beside mpremote.
bench-files:
	@tests/setup check
	@$(MAKE) --no-print-directory all e2e-needs
	@$(TEST_ENV) $(PYTHON) tests/bench/files.py

# What a tool's bytes cost at picod's own port.
bench-faces:
	@tests/setup check
	@$(MAKE) --no-print-directory all e2e-needs
	@$(TEST_ENV) $(PYTHON) tests/bench/faces.py

.PHONY: bench-files bench-faces
