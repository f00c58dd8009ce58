# SPDX-License-Identifier: MIT
#
# make check-static   units, rules and manuals against the sources; no root
# make check-systemd  the installed package, in a booted systemd; needs root
# make check-trixie   the same on Debian 13, with varlinkctl; needs debootstrap
# make check-readme   the README's lines on both Debians; needs the network too

SYSTEMD_ENV = $(TEST_ENV) PYTHONPATH=tests/systemd:tests/e2e:tests/boards
SYSTEMD_NEEDS = $(BUILD)/tests/boards/uno $(BUILD)/tests/boards/ttyshim.so \
	$(BUILD)/boards/optiboot-uno.hex firmware

check-static: all
	@$(SYSTEMD_ENV) $(PYTHON) tests/systemd/test_static.py -q

check-systemd: check-static
	@tests/setup systemd
	@$(MAKE) --no-print-directory deb >$(BUILD)/deb.log 2>&1 || \
	    { tail -n 40 $(BUILD)/deb.log; exit 1; }
	@$(MAKE) --no-print-directory $(SYSTEMD_NEEDS)
	@$(SYSTEMD_ENV) $(PYTHON) tests/systemd/test_installed.py -q

check-trixie: all
	@tests/setup systemd
	@$(MAKE) --no-print-directory $(SYSTEMD_NEEDS)
	@TRIXIE=$$(tests/systemd/trixie $(BUILD)) && export TRIXIE && \
	    $(SYSTEMD_ENV) $(PYTHON) tests/systemd/test_trixie.py -q

check-readme:
	@tests/setup systemd
	@$(SYSTEMD_ENV) $(PYTHON) tests/systemd/test_readme.py -q

.PHONY: check-static check-readme check-systemd check-trixie
