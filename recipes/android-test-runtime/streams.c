/* Bionic's standard streams, which old libraries reach as the elements of an array. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "bionic.h"

/* The size of Bionic's FILE, which its headers state. */
#ifdef __LP64__
typedef struct { _Alignas(8) char unused[152]; } BionicFile;
#else
typedef struct { _Alignas(4) char unused[84]; } BionicFile;
#endif

BionicFile bionic___sF[3];
BIONIC(__sF);

FILE* bionic_stdin;
FILE* bionic_stdout;
FILE* bionic_stderr;
BIONIC(stdin);
BIONIC(stdout);
BIONIC(stderr);

__attribute__((constructor)) static void open_streams(void) {
  bionic_stdin = stdin;
  bionic_stdout = stdout;
  bionic_stderr = stderr;
}

/* An element of the array stands for one of glibc's streams; any other is glibc's already. */
static FILE* real(FILE* stream) {
  const uintptr_t address = (uintptr_t)stream;
  if (address == (uintptr_t)&bionic___sF[0]) return stdin;
  if (address == (uintptr_t)&bionic___sF[1]) return stdout;
  if (address == (uintptr_t)&bionic___sF[2]) return stderr;
  return stream;
}

int bionic_vfprintf(FILE* stream, const char* format, va_list values) {
  return vfprintf(real(stream), format, values);
}
BIONIC(vfprintf);

int bionic_fprintf(FILE* stream, const char* format, ...) {
  va_list values;
  va_start(values, format);
  const int length = vfprintf(real(stream), format, values);
  va_end(values);
  return length;
}
BIONIC(fprintf);

int bionic_fputc(int byte, FILE* stream) { return fputc(byte, real(stream)); }
BIONIC(fputc);

int bionic_fputs(const char* text, FILE* stream) { return fputs(text, real(stream)); }
BIONIC(fputs);

size_t bionic_fwrite(const void* data, size_t size, size_t count, FILE* stream) {
  return fwrite(data, size, count, real(stream));
}
BIONIC(fwrite);

int bionic_fflush(FILE* stream) { return fflush(real(stream)); }
BIONIC(fflush);
