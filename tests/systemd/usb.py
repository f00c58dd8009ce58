# SPDX-License-Identifier: MIT
"""A USB serial port in a machine, with everything but the wire.

sysfs is real but for what is laid over it: a USB device with a tty.  udev's
part is played: its database entry, the node with its group, and the uevent,
a message of the form udevd sends, by netlink to whoever listens.
"""

import textwrap

FOLDER = '/run/fakeusb'
SYSFS = '/sys/devices/platform/picod-test/usb9'
# The majors of the kernel's drivers; the node itself is a pty's.
MAJOR = 166


class UsbPort:

    def __init__(self, machine, name='ttyACM0', vendor='2341', product='0043',
                 serial='55736323939351D0E1C2'):
        self.machine = machine
        self.name = name
        self.usb = f'{SYSFS}/9-1'
        self.interface = f'{self.usb}/9-1:1.0'
        self.tty = f'{self.interface}/tty/{name}'
        self.attributes = {'idVendor': vendor, 'idProduct': product,
                           'serial': serial, 'product': 'Arduino Uno',
                           'manufacturer': 'Arduino', 'busnum': '9',
                           'devnum': '2', 'devpath': '1'}
        self.minor = int(name[6:])

    @staticmethod
    def prepare(machine):
        """Once: sysfs becomes writable where ports come and go."""
        for folder in ('/sys/devices', '/sys/class/tty'):
            inside = FOLDER + folder
            machine.run('mkdir', '-p', inside + '/upper', inside + '/work')
            machine.run('mount', '-t', 'overlay', '-o',
                        f'lowerdir={folder},upperdir={inside}/upper,'
                        f'workdir={inside}/work', 'overlay', folder)
        # Without this nobody listens to udev: it is taken for not running.
        machine.run('mkdir', '-p', '/run/udev/data')
        machine.run('touch', '/run/udev/control')
        machine.write('/etc/systemd/system/picod.service.d/usb.conf',
                      '[Service]\nEnvironment=SYSTEMD_DEVICE_VERIFY_SYSFS=0\n')
        machine.run('systemctl', 'daemon-reload')

    def shell(self, script):
        self.machine.run('sh', '-euc', textwrap.dedent(script))

    def plug(self, node):
        """The port appears; node is what opens as it.

        It is no link: of those picod takes the real path, which has no entry
        in sysfs.
        """
        self.lay_device()
        self.shell(f'''\
            mkdir -p {self.tty}
            ln -s /sys/bus/usb {self.interface}/subsystem
            echo DEVTYPE=usb_interface >{self.interface}/uevent
            echo 00 >{self.interface}/bInterfaceNumber
            ln -s /sys/class/tty {self.tty}/subsystem
            ln -s {self.interface} {self.tty}/device
            echo {MAJOR}:{self.minor} >{self.tty}/dev
            printf 'MAJOR={MAJOR}\\nMINOR={self.minor}\\nDEVNAME={self.name}\\n' \\
                >{self.tty}/uevent
            ln -s {self.tty} /sys/class/tty/{self.name}
            touch /dev/{self.name}
            mount --bind {node} /dev/{self.name}
            echo I:1 >/run/udev/data/c{MAJOR}:{self.minor}
        ''')
        self.tell('add')

    def lay_device(self):
        """The USB device alone, before its driver has found it."""
        attributes = '\n'.join(f"echo '{value}' >'{self.usb}/{key}'"
                               for key, value in self.attributes.items())
        self.shell(f'''\
            mkdir -p {self.usb}
            ln -s /sys/bus/usb {self.usb}/subsystem
            echo 189:1025 >{self.usb}/dev
            printf 'MAJOR=189\\nMINOR=1025\\nDEVNAME=bus/usb/009/002\\n' \\
                >{self.usb}/uevent
            echo DEVTYPE=usb_device >>{self.usb}/uevent
        ''')
        self.shell(attributes)

    def unplug(self):
        self.shell(f'''\
            umount -l /dev/{self.name}
            rm /dev/{self.name} /sys/class/tty/{self.name}
            rm -r {self.usb} /run/udev/data/c{MAJOR}:{self.minor}
        ''')
        self.tell('remove')

    def tell(self, action):
        """udevd's message, sent from the machine."""
        self.machine.run('python3', '-c', SEND, action,
                         self.tty.removeprefix('/sys'), '/dev/' + self.name,
                         str(MAJOR), str(self.minor))


SEND = r'''
import socket, struct, sys

def murmur2(data):      # the hash by which listeners filter
    m, mask = 0x5bd1e995, 0xffffffff
    h = len(data)
    while len(data) >= 4:
        k = int.from_bytes(data[:4], 'little') * m & mask
        h = (h * m ^ (k ^ k >> 24) * m) & mask
        data = data[4:]
    if data:
        h = (h ^ int.from_bytes(data, 'little')) * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15

action, path, node, major, minor = sys.argv[1:]
properties = b''.join(f'{line}\0'.encode() for line in (
    f'ACTION={action}', f'DEVPATH={path}', 'SUBSYSTEM=tty', f'DEVNAME={node}',
    f'MAJOR={major}', f'MINOR={minor}', 'SEQNUM=1', 'USEC_INITIALIZED=1'))
header = struct.pack('=8sIIII', b'libudev', socket.htonl(0xfeedcafe), 40, 40,
                     len(properties))
header += struct.pack('!I', murmur2(b'tty')) + bytes(12)
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)  # uevents
s.sendto(header + properties, (0, 2))   # group 2: from udev
'''
