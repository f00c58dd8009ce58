# SPDX-License-Identifier: MIT
#
# make install    DESTDIR, PREFIX and the GNU directory names are heeded
# make uninstall  removes what install put there, never the configuration
#
# /etc and /run are the same for every prefix: there is one picod a machine.

PREFIX ?= /usr/local
prefix ?= $(PREFIX)
exec_prefix ?= $(prefix)
bindir ?= $(exec_prefix)/bin
sbindir ?= $(exec_prefix)/sbin
libdir ?= $(exec_prefix)/lib
libexecdir ?= $(exec_prefix)/libexec
includedir ?= $(prefix)/include
datarootdir ?= $(prefix)/share
datadir ?= $(datarootdir)
mandir ?= $(datarootdir)/man
docdir ?= $(datarootdir)/doc/picod
sysconfdir ?= /etc

# Where others look for what is theirs.  systemd and udev read the same folders
# below /usr/local as below /usr.
pkgdatadir ?= $(datadir)/picod
arduinodir ?= $(datadir)/arduino/libraries
systemdunitdir ?= $(prefix)/lib/systemd/system
systemduserunitdir ?= $(prefix)/lib/systemd/user
sysusersdir ?= $(prefix)/lib/sysusers.d
udevrulesdir ?= $(prefix)/lib/udev/rules.d
bashcompletiondir ?= $(datadir)/bash-completion/completions
zshcompletiondir ?= $(datadir)/zsh/site-functions
fishcompletiondir ?= $(datadir)/fish/vendor_completions.d
# The folder that this Python looks into: dist-packages on Debian.  Where there
# is no Python, its package is left out.
pythondir ?= $(addprefix $(prefix)/lib/,$(shell test ! -x /usr/bin/python3 || \
	/usr/bin/python3 -c 'import sys; \
	print("python%d.%d/%s" % (*sys.version_info[:2], "dist-packages" \
	if any("dist-packages" in p for p in sys.path) else "site-packages"))'))

INSTALL = install
INSTALL_PROGRAM = $(INSTALL) -m 755
INSTALL_DATA = $(INSTALL) -m 644

$(BUILD)/daemon/%.o $(BUILD)/client/picoctl/%.o: ALL_CFLAGS += -DPICOD_SYSCONFDIR='"$(sysconfdir)"' \
	-DPICOD_DATADIR='"$(pkgdatadir)"'

# The one table of boards, and what is made of it.
BOARDS_TABLE = daemon/usb/boards.txt
BOARDS_AWK = daemon/usb/boards.awk

$(BUILD)/systemd/60-picod.rules: BOARDS_TO = rules
$(BUILD)/systemd/picod.metainfo.xml: BOARDS_TO = metainfo

$(BUILD)/systemd/%: systemd/%.in $(BOARDS_TABLE) $(BOARDS_AWK)
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)awk -f $(BOARDS_AWK) -v to=$(BOARDS_TO) $(BOARDS_TABLE) $< >$@

all: $(BUILD)/systemd/60-picod.rules $(BUILD)/systemd/picod.metainfo.xml

# Pairs: file in the tree, file on the system.
INSTALLED_PROGRAMS = \
	$(PICOD) $(sbindir)/picod \
	$(PICOCTL) $(bindir)/picoctl \
	systemd/picod-names $(libexecdir)/picod-names
INSTALLED_DATA = \
	client/lib/picod.h $(includedir)/picod.h \
	client/lib/picod_json.h $(includedir)/picod_json.h \
	$(LIBPICOD_A) $(libdir)/libpicod.a \
	$(LIBPICOD_SO) $(libdir)/libpicod.so.1 \
	$(if $(pythondir),$(foreach f,$(PYTHON_FILES),\
	client/python/$(f) $(pythondir)/$(f))) \
	systemd/picod.sysusers $(sysusersdir)/picod.conf \
	systemd/picod-names.path $(systemdunitdir)/picod-names.path \
	$(BUILD)/systemd/60-picod.rules $(udevrulesdir)/60-picod.rules \
	systemd/91-picod.rules $(udevrulesdir)/91-picod.rules \
	$(BUILD)/systemd/picod.metainfo.xml $(datadir)/metainfo/io.picod.picod.metainfo.xml \
	systemd/tcp.conf $(docdir)/examples/tcp.conf \
	systemd/picod.conf $(docdir)/examples/picod.conf \
	$(foreach f,$(EXAMPLES),$(f) $(docdir)/examples/$(notdir $(f))) \
	protocol/io.picod.varlink $(pkgdatadir)/io.picod.varlink \
	$(foreach m,$(MANUALS),$(m) $(mandir)/man$(subst .,,$(suffix $m))/$(notdir $m)) \
	$(call if_there,client/picoctl/completions/picoctl.bash,$(bashcompletiondir)/picoctl) \
	$(call if_there,client/picoctl/completions/_picoctl,$(zshcompletiondir)/_picoctl) \
	$(call if_there,client/picoctl/completions/picoctl.fish,$(fishcompletiondir)/picoctl.fish) \
	$(foreach f,$(ARDUINO_FILES),firmware/arduino/$(f) $(arduinodir)/$(f)) \
	$(foreach f,$(BOARD_SCRIPTS),$(f) $(pkgdatadir)/$(f)) \
	$(foreach f,$(BOARD_IMAGES),$(f) $(pkgdatadir)/firmware/$(notdir $(f)))
# These name folders, which are written in as they are installed.
INSTALLED_TEMPLATES = \
	systemd/picod.socket.in $(systemdunitdir)/picod.socket \
	systemd/picod.service.in $(systemdunitdir)/picod.service \
	systemd/picod-names.service.in $(systemdunitdir)/picod-names.service \
	systemd/picod-log@.service.in $(systemdunitdir)/picod-log@.service \
	systemd/user/picod.socket.in $(systemduserunitdir)/picod.socket \
	systemd/user/picod.service.in $(systemduserunitdir)/picod.service \
	client/lib/libpicod.pc.in $(libdir)/pkgconfig/libpicod.pc

MANUALS = $(sort $(wildcard daemon/*.[1-8] client/*/*.[1-8] protocol/*.[1-8] \
	firmware/*.[1-8]))
EXAMPLES = $(sort $(wildcard client/examples/*.*))
PYTHON_FILES = $(patsubst client/python/%,%,$(sort \
	$(wildcard client/python/picoctl/*.py))) picoctl/py.typed
BOARD_SCRIPTS = $(sort $(wildcard firmware/micropython/*.py \
	firmware/circuitpython/*.py))
ARDUINO_FILES = $(patsubst firmware/arduino/%,%,$(sort $(foreach f,\
	library.properties keywords.txt README.md src/* examples/*/*,\
	$(wildcard firmware/arduino/*/$(f)))))
# "make firmware" comes first where they are wanted: it needs more compilers.
# What the tests have there stays there.
BOARD_IMAGES = $(sort $(wildcard $(foreach name,led rgb pinserver,\
	$(BUILD)/firmware/*-$(name).hex $(BUILD)/firmware/*-$(name).uf2)))
if_there = $(if $(wildcard $(1)),$(1) $(2))

# Every function of libpicod has its page by its name, too.
LIBPICOD_CALLS = $(shell sed -n 's/^\.Nm \(picod_[a-z_]*\).*/\1/p' \
	client/lib/libpicod.3 2>/dev/null | sort -u)

# $(call pairs,COMMAND,LIST) runs COMMAND FILE DESTDIR/TARGET for each.
pairs = set -e; set -- $(2); while [ $$\# -gt 0 ]; do \
	from=$$1 to='$(DESTDIR)'$$2; shift 2; \
	mkdir -p "$${to%/*}"; $(1); done

# What concerns the machine this runs on, and no package's folder.
settle = $(if $(DESTDIR),,@systemd/settle $(1))

install: all
	@$(call pairs,$(INSTALL_PROGRAM) "$$from" "$$to",$(INSTALLED_PROGRAMS))
	@$(call pairs,$(INSTALL_DATA) "$$from" "$$to",$(INSTALLED_DATA))
	@$(call pairs,sed -e 's|@sbindir@|$(sbindir)|' \
	    -e 's|@bindir@|$(bindir)|' \
	    -e 's|@libexecdir@|$(libexecdir)|' \
	    -e 's|@VERSION@|$(VERSION)|' -e 's|@prefix@|$(prefix)|' \
	    -e 's|@libdir@|$(libdir)|' -e 's|@includedir@|$(includedir)|' \
	    "$$from" >"$$to" && chmod 644 "$$to",$(INSTALLED_TEMPLATES))
	@ln -sf libpicod.so.1 $(DESTDIR)$(libdir)/libpicod.so
	@for call in $(LIBPICOD_CALLS); do \
	    ln -sf libpicod.3 $(DESTDIR)$(mandir)/man3/$$call.3; done
	@mkdir -p $(DESTDIR)$(sysconfdir)/picod/picod.conf.d
	@test -e $(DESTDIR)$(sysconfdir)/picod/picod.conf || \
	    $(INSTALL_DATA) systemd/picod.conf $(DESTDIR)$(sysconfdir)/picod
	$(call settle,installed $(sysusersdir)/picod.conf)

# The configuration and the user stay, as the rules of distributions have it.
uninstall:
	$(call settle,removing)
	@$(call pairs,rm -f "$$to",$(INSTALLED_PROGRAMS) $(INSTALLED_DATA) \
	    $(INSTALLED_TEMPLATES))
	@rm -f $(DESTDIR)$(libdir)/libpicod.so $(foreach c,$(LIBPICOD_CALLS),\
	    $(DESTDIR)$(mandir)/man3/$(c).3)
	@test -z '$(pythondir)' || rm -rf '$(DESTDIR)$(pythondir)/picoctl'
	@for d in $(pkgdatadir) $(docdir) \
	    $(addprefix $(arduinodir)/,PiSerial PinServer); do test ! -d "$(DESTDIR)$$d" || \
	    find "$(DESTDIR)$$d" -depth -type d -empty -delete; done
	$(call settle,removed)

.PHONY: install uninstall

# ------------------------------------------------------------------ packages
#
# make deb      Debian packages, in build/deb
# make release  those for three architectures, with checksums, in build/release;
#               RELEASE=bookworm for Debian 12; needs root, and the network
#
# They are made from a copy of the tree, so that objects built for other ends,
# and others' build folders, stay out of it.

DEB = $(BUILD)/deb

deb:
	@tests/setup deb
	@rm -rf $(DEB) && mkdir -p $(DEB)/picod
	@tar -c --exclude='./build*' --exclude=./.git --exclude=__pycache__ . | \
	    tar -x -C $(DEB)/picod
	cd $(DEB)/picod && dpkg-buildpackage -us -uc -b
	@rm -rf $(DEB)/picod
	lintian --fail-on error $(DEB)/*.changes

RELEASE = trixie

release:
	@tests/release $(BUILD)/release $(RELEASE)

.PHONY: deb release
