/* Functions of Bionic that glibc lacks, or has under another name or with other numbers. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bionic.h"

int* bionic___errno(void) { return &errno; }
BIONIC(__errno);

/* The size is what the compiler knows of the array, for a check that glibc leaves out. */
size_t bionic___strlen_chk(const char* text, size_t size) {
  (void)size;
  return strlen(text);
}
BIONIC(__strlen_chk);

/* A device without any property: the value's length is 0. */
int bionic___system_property_get(const char* name, char* value) {
  (void)name;
  value[0] = '\0';
  return 0;
}
BIONIC(__system_property_get);

void bionic_android_set_abort_message(const char* message) {
  fprintf(stderr, "abort: %s\n", message);
}
BIONIC(android_set_abort_message);

_Noreturn void bionic___assert2(const char* file, int line, const char* function,
                                const char* condition) {
  fprintf(stderr, "%s:%d: %s: assertion failed: %s\n", file, line, function, condition);
  abort();
}
BIONIC(__assert2);

/* POSIX's form, where glibc has its own under this name. */
extern int __xpg_strerror_r(int error, char* text, size_t size);
int bionic_strerror_r(int error, char* text, size_t size) {
  return __xpg_strerror_r(error, text, size);
}
BIONIC(strerror_r);

/* Each C library numbers these as it likes; Bionic's are in its bits/sysconf.h. */
static int from_bionic(int name) {
  switch (name) {
    case 0x06: return _SC_CLK_TCK;
    case 0x27:
    case 0x28: return _SC_PAGESIZE;
    case 0x60: return _SC_NPROCESSORS_CONF;
    case 0x61: return _SC_NPROCESSORS_ONLN;
    case 0x62: return _SC_PHYS_PAGES;
    case 0x63: return _SC_AVPHYS_PAGES;
    default: return -1;
  }
}

long bionic_sysconf(int name) { return sysconf(from_bionic(name)); }
BIONIC(sysconf);
