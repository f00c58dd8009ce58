# SPDX-License-Identifier: MIT
#
# make check-faults   one call of picod's fails, the n-th, for every n
#
# FAULTS='malloc read:17' makes these fail only.

FAULTS ?=
FAULTSHIM = $(BUILD)/tests/faults/faultshim.so

$(FAULTSHIM): override SANITIZE =
$(FAULTSHIM): $(BUILD)/tests/faults/faultshim.o
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -o $@ $^ -ldl

check-faults: check-setup
	@$(MAKE) --no-print-directory all $(FAULTSHIM) firmware
	@$(TEST_ENV) \
	    $(PYTHON) tests/faults/faults.py $(FAULTS)

.PHONY: check-faults

-include $(BUILD)/tests/faults/faultshim.d
