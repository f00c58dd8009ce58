# SPDX-License-Identifier: MIT
#
# make soak   boards plugged, pulled and swapped 1000 times, and a picod that is
#             watched for 30 s while it has nothing to do; SOAK_SEED=N

SOAK_CYCLES ?= 1000
SOAK_SEED ?= 4

soak: e2e-needs
	@$(TEST_ENV) PICOD_CYCLES=$(SOAK_CYCLES) PICOD_SEED=$(SOAK_SEED) \
	    PICOD_IDLE_S=30 $(PYTHON) tests/e2e/test_port_cycles.py -v

.PHONY: soak
