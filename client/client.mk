# SPDX-License-Identifier: MIT
# libpicod (shared and static), and picoctl, which has it built in: a program
# that runs for a millisecond should not look for libraries longer than that.

PICOCTL = $(BUILD)/picoctl
LIBPICOD_SO = $(BUILD)/client/lib/libpicod.so.1
LIBPICOD_A = $(BUILD)/client/lib/libpicod.a
LIBPICOD_PC = $(BUILD)/client/lib/libpicod.pc

LIBPICOD_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(sort \
	$(wildcard client/lib/*.c)))
PICOCTL_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(sort \
	$(wildcard client/picoctl/*.c)))
# What does not know the verbs, and can be tested without them.
PICOCTL_PARTS = $(patsubst %,$(BUILD)/client/picoctl/%.o,duration suggest output \
	output_boards output_event output_files output_flash output_json numbers canvas \
	output_text section lines)

# "picoctl doctor" looks for programs that have a port, and names them, as picod does.
$(PICOCTL): $(PICOCTL_OBJECTS) $(LIBPICOD_OBJECTS) $(BUILD)/daemon/port/holder.o \
	$(BUILD)/daemon/base/process.o \
	$(LIBPROTOCOL)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call pkg,libs,jansson) \
	    -Wl,-Bstatic $(call pkg,libs,libmd) -lm -Wl,-Bdynamic -lutil

$(LIBPICOD_SO): $(LIBPICOD_OBJECTS) $(LIBPROTOCOL) client/lib/libpicod.map
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libpicod.so.1 \
	    -Wl,--version-script=client/lib/libpicod.map -o $@ \
	    $(filter %.o %.a,$^) $(call pkg,libs,jansson)
	@ln -sf libpicod.so.1 $(BUILD)/client/lib/libpicod.so

# A static library brings along what it needs of libprotocol, under names that
# nobody else can meet.
$(LIBPICOD_A): $(LIBPICOD_OBJECTS) $(PROTOCOL_OBJECTS)
	@rm -f $@
	$(call say,AR)
	$(Q)$(CC) $(ALL_LDFLAGS) -nostdlib -r -o $(@:.a=.static.o) \
	    $(LIBPICOD_OBJECTS) $(patsubst %,$(BUILD)/protocol/%.o,\
	    error text varlink)
	$(Q)$(OBJCOPY) -w -G 'picod_*' $(@:.a=.static.o)
	$(Q)$(AR) rcs $@ $(@:.a=.static.o)

prefix ?= /usr/local
$(LIBPICOD_PC): client/lib/libpicod.pc.in
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)sed -e 's|@VERSION@|$(VERSION)|' -e 's|@prefix@|$(prefix)|' \
	    -e 's|@includedir@|$(or $(includedir),$(prefix)/include)|' \
	    -e 's|@libdir@|$(or $(libdir),$(prefix)/lib)|' $< >$@

# One test holds what the shared library exports against its header.
e2e-needs: $(LIBPICOD_SO) $(LIBPICOD_A)

all: $(PICOCTL) $(LIBPICOD_SO) $(LIBPICOD_A) $(LIBPICOD_PC)

-include $(LIBPICOD_OBJECTS:.o=.d) $(PICOCTL_OBJECTS:.o=.d)
