#pragma once

#ifdef __cplusplus
extern "C" {
#endif

int __android_log_write(int priority, const char* tag, const char* text);
int __android_log_print(int priority, const char* tag, const char* format, ...);

#ifdef __cplusplus
}
#endif
