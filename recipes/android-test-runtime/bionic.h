/* How a function or variable of this library becomes one of Android's C library.
 *
 * Android's libraries ask for `malloc` of version LIBC. The dynamic linker of glibc heeds versions,
 * so both C libraries' functions live in one process under one name and no library has to be
 * changed. The version is not the default one, or this library would call itself.
 */
#ifndef BIONIC_H
#define BIONIC_H

#define BIONIC_VERSION(name, version)       \
  __attribute__((visibility("default"))) extern __typeof__(bionic_##name) bionic_##name; \
  __asm__(".symver bionic_" #name "," #name "@" #version)

#define BIONIC(name) BIONIC_VERSION(name, LIBC)

#endif
