/* Android's log, on standard error. */
#include <stdarg.h>
#include <stdio.h>

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int __android_log_vprint(int priority, const char* tag, const char* format,
                                  va_list values) {
  (void)priority;
  fprintf(stderr, "%s: ", tag);
  const int length = vfprintf(stderr, format, values);
  fputc('\n', stderr);
  return length;
}

EXPORTED int __android_log_print(int priority, const char* tag, const char* format, ...) {
  va_list values;
  va_start(values, format);
  const int length = __android_log_vprint(priority, tag, format, values);
  va_end(values);
  return length;
}

EXPORTED int __android_log_write(int priority, const char* tag, const char* text) {
  return __android_log_print(priority, tag, "%s", text);
}
