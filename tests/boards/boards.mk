# SPDX-License-Identifier: MIT
#
# Simulated boards: programs that run a board's real firmware without hardware.

.PHONY: boards

# ------------------------------------------------------------- Arduino Uno
#
# make boards     the Uno, its boot loader, and the USB bus to plug it into

BOARDS = $(BUILD)/tests/boards
BOARDS_UNO = uno avr_board avr_chip avr_clock avr_control avr_hex avr_idle \
	avr_modem avr_pins avr_port avr_report avr_serial avr_wire
BOARDS_UNO_OBJS = $(BOARDS_UNO:%=$(BOARDS)/%.o)

$(BOARDS)/uno: $(BOARDS_UNO_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lsimavr -lelf -lutil

# The boot loader of an Uno, from the source that arduino-core-avr ships beside
# a .hex which, at 532 bytes, does not fit into its 512.  It does without the
# LED flashes.
BOARDS_OPTIBOOT = $(ARDUINO_AVR)/bootloaders/optiboot/optiboot.c
$(BUILD)/boards/optiboot-uno.elf: $(BOARDS_OPTIBOOT)
	@mkdir -p $(@D)
	$(call say,AVRCC)
	$(Q)$(AVR_CC) -w -mmcu=atmega328p -DF_CPU=16000000L -DBAUD_RATE=115200 \
		-DLED_START_FLASHES=0 -Os -fno-inline-small-functions \
		-fno-split-wide-types -mshort-calls -nostartfiles -nostdlib \
		-Wl,--section-start=.text=0x7e00 \
		-Wl,--section-start=.version=0x7ffe -Wl,--relax -o $@ $<
$(BUILD)/boards/optiboot-uno.hex: $(BUILD)/boards/optiboot-uno.elf
	$(call say,HEX)
	$(Q)$(AVR_OBJCOPY) -j .text -j .data -j .version \
		--set-section-flags .version=alloc,load -O ihex $< $@

# Sketches that only the tests need, at several speeds.
# $(call boards_sketch,SKETCH,BAUD,MACRO)
define boards_sketch
$(1)-$(2).ino = tests/boards/uno-$(1)/uno-$(1).ino
$(1)-$(2).flags = -D$(3)=$(2)
$$(eval $$(call firmware_sketch,uno,$(1)-$(2)))
BOARDS_SKETCHES += $$(BUILD)/firmware/uno-$(1)-$(2).hex
endef
$(foreach b,9600 19200 38400 57600 115200,\
	$(eval $(call boards_sketch,probe,$(b),PROBE_BAUD))\
	$(eval $(call boards_sketch,prints,$(b),PRINTS_BAUD)))

# Loaded into any process, so without the sanitizers' runtime: ttyshim gives
# ptys modem lines, udevshim leads to the records of the USB bus.
BOARDS_SHIMS = $(BOARDS)/ttyshim.so $(BOARDS)/udevshim.so
$(BOARDS_SHIMS): override SANITIZE =
$(BOARDS_SHIMS): %.so: %.o
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -o $@ $^ -ldl

# A USB bus on umockdev, which is preloaded too.
BOARDS_USBBUS_OBJS = $(BOARDS)/usbbus.o $(BOARDS)/usb_device.o \
	$(BOARDS)/usb_listener.o $(BOARDS)/usb_transfer.o
$(BOARDS)/usbbus: override SANITIZE =
$(BOARDS_USBBUS_OBJS): CFLAGS += $(call pkg,cflags,umockdev-1.0)
# That of Debian 13 sends the event itself.
$(BOARDS)/usbbus.o: CFLAGS += $(shell pkg-config --atleast-version=0.19 \
	umockdev-1.0 && echo -DUMOCKDEV_TELLS_REMOVAL)
$(BOARDS)/usbbus: $(BOARDS_USBBUS_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call pkg,libs,umockdev-1.0) -ldl

# The wire by itself, for those who listen to one.
$(BUILD)/tests/unit/test_speed: $(BOARDS)/avr_wire.o

boards: $(BOARDS)/uno $(BOARDS)/usbbus $(BOARDS_SHIMS) \
	$(BUILD)/boards/optiboot-uno.hex $(BOARDS_SKETCHES)

e2e-needs: boards

-include $(BOARDS_UNO_OBJS:.o=.d) $(BOARDS_USBBUS_OBJS:.o=.d)

# ---------------------------------------- micro:bit, MicroPython, picotool
#
# Their firmware, and that program, are kept in the user's cache; these only see
# to it.

boards-microbit:
	@tests/boards/microbit-firmware >/dev/null

boards-micropython:
	@tests/boards/micropython-firmware >/dev/null

boards-picotool:
	@tests/boards/picotool-program >/dev/null

boards-firmware: boards-microbit boards-micropython boards-picotool

boards: boards-firmware

# They and the relay by themselves.
check-boards: boards-firmware
	@echo "  TEST  boards"
	@$(TEST_ENV) $(PYTHON) tests/boards/test_boards.py -q
	@$(TEST_ENV) $(PYTHON) tests/boards/test_relay.py -q

check-e2e: check-boards

.PHONY: boards-firmware boards-microbit boards-micropython boards-picotool \
	check-boards
