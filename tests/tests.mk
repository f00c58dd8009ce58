# SPDX-License-Identifier: MIT
#
# make check        everything, in less than ten minutes
# make check-unit   each module by itself
# make check-layers that includes run one way and protocol/ does no I/O
# make check-static units, udev rules and manuals against the sources
# make check-e2e    picod and picoctl with boards that run real firmware
# make check-long   everything, and all of that with sanitizers, too
# make check-tools  Thonny's own window, mpremote and serial monitors, beside others
# make fuzz         see tests/fuzz/fuzz.mk
#
# make check-e2e-NAME runs tests/e2e/test_NAME.py alone.

PYTHON ?= /usr/bin/python3
# Whoever runs this in the background of a script has SIGINT ignored.
TEST_ENV = env --default-signal=INT PYTHONDONTWRITEBYTECODE=1 \
	PYTHONPATH=tests/e2e:tests/boards:client/python PICOD_BUILD=$(BUILD) \
	PICOD_BOARDS=$(BUILD) ASAN_OPTIONS=verify_asan_link_order=0

# ------------------------------------------------------------ unit tests
#
# They link what they need of the daemon, and of protocol/.

UNIT_NAMES = $(basename $(notdir $(sort $(wildcard tests/unit/test_*.c))))
UNIT_PROGRAMS = $(UNIT_NAMES:%=$(BUILD)/tests/unit/%)

# What several of them use.
UNIT_PARTS = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%.o,$(filter-out \
	tests/unit/test_%,$(sort $(wildcard tests/unit/*.c))))
UNIT_LIBRARY = $(BUILD)/tests/unit/libparts.a

$(UNIT_LIBRARY): $(UNIT_PARTS)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $(UNIT_LIBRARY) \
	$(LIBDAEMON) $(LIBPROTOCOL)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ \
	    $(call pkg,libs,check $(DAEMON_PACKAGES))

# Those of the client's side need that.
$(BUILD)/tests/unit/test_client_%: $(BUILD)/tests/unit/test_client_%.o \
	$(UNIT_LIBRARY) $(PICOCTL_PARTS) $(LIBPICOD_OBJECTS) $(LIBPROTOCOL)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call pkg,libs,jansson check) -lm

check-unit: $(UNIT_NAMES:%=run-%)

run-test_%: $(BUILD)/tests/unit/test_%
	@PICOD_BUILD=$(BUILD) CK_DEFAULT_TIMEOUT=120 CK_VERBOSITY=normal \
	    ASAN_OPTIONS=allocator_may_return_null=1 $(EMULATOR) $<

run-test_image: $(BUILD)/firmware/uno-led.hex \
	$(BUILD)/firmware/pico-pinserver.uf2

-include $(UNIT_NAMES:%=$(BUILD)/tests/unit/%.d) $(UNIT_PARTS:.o=.d)

# ------------------------------------------------------------ end to end

E2E_NAMES = $(patsubst tests/e2e/test_%.py,%,$(sort $(wildcard tests/e2e/test_*.py)))
E2E_NEEDS = $(PICOD) $(PICOCTL) $(BUILD)/tests/boards/uno firmware \
	boards-firmware

# These wait for boards more than for a processor, and begin first.
E2E_WAITING = flash_stages ports faults recovery speeds flash_pico \
	flash_silence names port_cycles flash flash_failures files

check-e2e: $(E2E_WAITING:%=check-e2e-%) $(E2E_NAMES:%=check-e2e-%)

# The same with a picod that AddressSanitizer and UndefinedBehaviorSanitizer
# watch, where it meets the most; check-long has all of them.
E2E_SANITIZED = away config console crash door flash flash_stages holds lend \
	rights send service sharing varlink
E2E_LONG = $(filter-out $(E2E_SANITIZED),$(E2E_NAMES))

check-sanitized: $(E2E_SANITIZED:%=check-sanitized-%)

check-sanitized-%: e2e-needs
	@echo "  TEST  $* (sanitized)"
	@$(TEST_ENV) PICOD_BUILD=build-asan $(PYTHON) tests/e2e/test_$*.py -q

# Processors have the time for these while boards are waited for.
check-unit-sanitized:
	@$(MAKE) --no-print-directory WERROR=-Werror $(WATCHED) check-unit

check-e2e-%: e2e-needs
	@echo "  TEST  $*"
	@$(TEST_ENV) $(PYTHON) tests/e2e/test_$*.py -q

e2e-needs: $(E2E_NEEDS)

# --------------------------------------------------------------- layers

check-layers: $(LIBPROTOCOL)
	@tests/layers $(BUILD)

# ------------------------------------------------------------------ all

check-setup:
	@tests/setup check

# Compilers want a processor each; boards mostly wait.
COMPILE = $(MAKE) --no-print-directory -O -j2
TRY = $(MAKE) --no-print-directory -O -j5

# A second compiler reads everything once, and has the better sanitizers, which
# watch the unit tests, the corpora of the fuzzers, and picod.
WATCHED = CC=clang SANITIZE=address,undefined BUILD=build-asan

# Each part in a make of its own, so that the setup comes first.
check: check-setup
	@$(COMPILE) WERROR=-Werror all check-layers check-unit check-static
	@$(COMPILE) WERROR=-Werror $(WATCHED) all
	@$(TRY) check-sanitized-flash_stages check-unit-sanitized check-e2e \
	    check-sanitized
	@$(MAKE) --no-print-directory demo >$(BUILD)/demo.log 2>&1 || \
	    { cat $(BUILD)/demo.log; exit 1; }
	@echo "all tests passed"

# PICOD_LONG=1 gives these more to do.
check-long: check
	@PICOD_LONG=1 $(TRY) check-e2e-piserial_statuses check-e2e-differential \
	    check-e2e-people_boards check-e2e-sharing check-e2e-faults \
	    check-e2e-files
	@$(TRY) $(E2E_LONG:%=check-sanitized-%)
	@echo "all tests passed, those with sanitizers too"

# Tools of others, unmodified, with their windows.
check-tools:
	@tests/setup tools
	@$(MAKE) --no-print-directory e2e-needs
	@for test in $(sort $(wildcard tests/tools/test_*.py)); do \
	    $(TEST_ENV) $(PYTHON) $$test -q || exit 1; \
	done

# Not more than what it uses: the stage "demo" installs what builds these.
DEMO_NEEDS = $(BUILD)/tests/boards/uno $(BUILD)/firmware/uno-rgb.hex \
	$(BOARDS)/usbbus $(BOARDS_SHIMS) \
	boards-micropython

demo-setup:
	@tests/setup demo

demo: demo-setup
	@$(MAKE) --no-print-directory all $(DEMO_NEEDS)
	@$(TEST_ENV) $(PYTHON) tests/demo.py

.PHONY: check check-long check-tools check-sanitized check-unit \
	check-unit-sanitized check-e2e check-layers check-setup e2e-needs demo \
	demo-setup

-include tests/systemd/systemd.mk
-include tests/soak/soak.mk
-include tests/fuzz/fuzz.mk
-include tests/coverage.mk
-include tests/faults/faults.mk
