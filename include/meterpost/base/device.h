/*
 * device.h - serial ports by name: a path, or the USB serial number of what is plugged in,
 * which stays when the port's number changes.
 */
#ifndef METERPOST_BASE_DEVICE_H
#define METERPOST_BASE_DEVICE_H

#include "meterpost/base/err.h"

#include <stddef.h>
#include <sys/types.h>

/* True for "usb:SERIAL" and "usb:SERIAL:2". */
bool device_is_usb(const char *name);

/* The path of a device. A path is itself. "usb:SERIAL" is the first port of the USB device
 * with that serial number, "usb:SERIAL:2" the port of its interface 2 (hexadecimal, as
 * bInterfaceNumber): modems have several. `ports` is the folder of the kernel's list, NULL
 * for /sys/class/tty. FAIL_RETRY when it is not plugged in. */
bool device_find(const char *name, const char *ports, char *path, size_t size,
                 struct err *e);

#define DEVICE_USER_MAX 64 /* bytes with NUL */

/* May a user read and write what is there, by its mode? `user` and `group` get the names of
 * the user and of the group of the device, DEVICE_USER_MAX bytes each. True also when there
 * is nothing: opening it will say so. */
bool device_may_open(uid_t uid, const char *path, char *user, char *group);

#endif
