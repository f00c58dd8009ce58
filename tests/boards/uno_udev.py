# SPDX-License-Identifier: MIT
"""Says which USB serial ports udev knows, and which come and go, by libudev.

A line each: "there", "add" or "remove", the name, the USB identity, the
serial number, the node, and whether udev has seen it.
"""

import ctypes
import select

udev = ctypes.CDLL('libudev.so.1')

def call(name, *arguments, result=ctypes.c_void_p):
    function = getattr(udev, f'udev_{name}')
    function.restype = result
    return function(*(ctypes.c_void_p(argument)
                      if isinstance(argument, int) else argument
                      for argument in arguments))


def text(name, *arguments):
    return (call(name, *arguments, result=ctypes.c_char_p) or b'-').decode()


def describe(word, device):
    def has(name):
        return text('device_get_property_value', device, name)

    print(word, text('device_get_sysname', device),
          has(b'ID_VENDOR_ID') + ':' + has(b'ID_MODEL_ID'),
          has(b'ID_SERIAL_SHORT'), text('device_get_devnode', device),
          'initialized' if call('device_get_is_initialized', device,
                                result=ctypes.c_int) else 'new', flush=True)
    call('device_unref', device)


def main():
    context = call('new')
    monitor = call('monitor_new_from_netlink', context, b'udev')
    call('monitor_filter_add_match_subsystem_devtype', monitor, b'tty', None)
    call('monitor_enable_receiving', monitor)
    fd = call('monitor_get_fd', monitor, result=ctypes.c_int)
    print('watching', flush=True)

    enumerator = call('enumerate_new', context)
    call('enumerate_add_match_subsystem', enumerator, b'tty')
    call('enumerate_add_match_is_initialized', enumerator)
    call('enumerate_scan_devices', enumerator)
    entry = call('enumerate_get_list_entry', enumerator)
    while entry:
        path = call('list_entry_get_name', entry, result=ctypes.c_char_p)
        describe('there', call('device_new_from_syspath', context, path))
        entry = call('list_entry_get_next', entry)

    while True:
        select.select([fd], [], [])
        device = call('monitor_receive_device', monitor)
        if device:
            describe(text('device_get_action', device), device)


main()
