# SPDX-License-Identifier: MIT
#
# What runs on the boards.
#
#   make firmware           everything below
#
# When an image was built, how much of the chip each takes is shown, and kept in
# build/firmware/sizes.

.PHONY: firmware firmware-tools

firmware: firmware-tools

# Said before the first compiler is called, as for picod itself.
firmware-tools:
	@for tool in avr-gcc arm-none-eabi-gcc; do \
	    command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	if [ -n "$$missing" ]; then \
	    echo "The firmware cannot be built yet; missing:$$missing"; \
	    echo 'On Debian, "tests/setup firmware" installs what is needed.'; \
	    exit 1; fi

# ---------------------------------------------------------------- Arduino
#
# Every sketch is built for every board: build/firmware/BOARD-SKETCH.hex, with
# Debian's gcc-avr, avr-libc and arduino-core-avr.  What each board needs is in
# the lines BOARD.*, taken from the core's boards.txt; a new board is one more
# such paragraph and its name in FIRMWARE_AVR_BOARDS.

FIRMWARE_AVR_BOARDS ?= uno nano mega leonardo
FIRMWARE_AVR_SKETCHES = led rgb

uno.mcu = atmega328p
uno.variant = standard
uno.flags = -DARDUINO_AVR_UNO

nano.mcu = atmega328p
nano.variant = eightanaloginputs
nano.flags = -DARDUINO_AVR_NANO

mega.mcu = atmega2560
mega.variant = mega
mega.flags = -DARDUINO_AVR_MEGA2560

leonardo.mcu = atmega32u4
leonardo.variant = leonardo
leonardo.flags = -DARDUINO_AVR_LEONARDO -DUSB_VID=0x2341 -DUSB_PID=0x8036 \
	'-DUSB_MANUFACTURER="Arduino LLC"' '-DUSB_PRODUCT="Arduino Leonardo"'

led.ino = firmware/arduino/PiSerial/examples/Led/Led.ino
rgb.ino = firmware/arduino/PiSerial/examples/Rgb/Rgb.ino

AVR_CC ?= avr-gcc
AVR_CXX ?= avr-g++
AVR_AR ?= avr-gcc-ar
AVR_OBJCOPY ?= avr-objcopy
AVR_SIZE ?= avr-size
ARDUINO_AVR ?= /usr/share/arduino/hardware/arduino/avr

firmware_lib = firmware/arduino/PiSerial/src
firmware_core = $(ARDUINO_AVR)/cores/arduino
firmware_core_names = $(notdir $(basename $(wildcard \
	$(firmware_core)/*.c $(firmware_core)/*.cpp $(firmware_core)/*.S)))

# avr-libc's float.h knows DECIMAL_DIG only from a compiler newer than 5.4.
FIRMWARE_AVR_FLAGS = -Os -g -ffunction-sections -fdata-sections -MMD -MP \
	-DF_CPU=16000000L -DARDUINO=10819 -DARDUINO_ARCH_AVR \
	-DDECIMAL_DIG=__DECIMAL_DIG__
FIRMWARE_AVR_CXXFLAGS = -std=gnu++11 -fno-exceptions -fno-threadsafe-statics
FIRMWARE_AVR_WARNINGS = -Wall -Wextra -Werror

# $(call firmware_board,BOARD): its core, our library for it
define firmware_board
$(1).dir = $$(BUILD)/firmware/$(1)
$(1).all = -mmcu=$$($(1).mcu) $$(FIRMWARE_AVR_FLAGS) $$($(1).flags) \
	-I$$(firmware_core) -I $$(ARDUINO_AVR)/variants/$$($(1).variant) \
	-I$$(firmware_lib)

# The core is not ours, so its warnings are not either.
$$($(1).dir)/core/%.o: $$(firmware_core)/%.c
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CC) -w -std=gnu11 $$($(1).all) -c -o $$@ $$<
$$($(1).dir)/core/%.o: $$(firmware_core)/%.cpp
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CXX) -w $$(FIRMWARE_AVR_CXXFLAGS) $$($(1).all) -c -o $$@ $$<
$$($(1).dir)/core/%.o: $$(firmware_core)/%.S
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CC) -x assembler-with-cpp $$($(1).all) -c -o $$@ $$<
$$($(1).dir)/core.a: $$(firmware_core_names:%=$$($(1).dir)/core/%.o)
	$$(call say,AR)
	$$(Q)rm -f $$@
	$$(Q)$$(AVR_AR) rcs $$@ $$^

$$($(1).dir)/PiSerial.o: $$(firmware_lib)/PiSerial.cpp
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CXX) $$(FIRMWARE_AVR_WARNINGS) $$(FIRMWARE_AVR_CXXFLAGS) $$($(1).all) -c -o $$@ $$<

-include $$(wildcard $$($(1).dir)/*.d $$($(1).dir)/core/*.d)
endef

# $(call firmware_sketch,BOARD,SKETCH): the image
define firmware_sketch
$$($(1).dir)/$(2).o: $$($(2).ino)
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CXX) $$(FIRMWARE_AVR_WARNINGS) $$(FIRMWARE_AVR_CXXFLAGS) $$($(1).all) \
		$$($(2).flags) -x c++ -include Arduino.h -c -o $$@ $$<
$$(BUILD)/firmware/$(1)-$(2).elf: $$($(1).dir)/$(2).o $$($(1).dir)/PiSerial.o $$($(1).dir)/core.a
	$$(call say,LD)
	$$(Q)$$(AVR_CC) -Os -mmcu=$$($(1).mcu) -Wl,--gc-sections -o $$@ $$^ -lm
endef

$(foreach b,$(FIRMWARE_AVR_BOARDS),$(eval $(call firmware_board,$(b))))
$(foreach b,$(FIRMWARE_AVR_BOARDS),$(foreach s,$(FIRMWARE_AVR_SKETCHES),\
	$(eval $(call firmware_sketch,$(b),$(s)))))

FIRMWARE_AVR_HEX = $(foreach b,$(FIRMWARE_AVR_BOARDS),\
	$(FIRMWARE_AVR_SKETCHES:%=$(BUILD)/firmware/$(b)-%.hex))

$(BUILD)/firmware/%.hex: $(BUILD)/firmware/%.elf
	$(call say,HEX)
	$(Q)$(AVR_OBJCOPY) -O ihex -R .eeprom $< $@

firmware: $(FIRMWARE_AVR_HEX)

# ------------------------------------------------------------------- Pico
