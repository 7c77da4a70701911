#ifdef __cplusplus
extern "C"
#endif
#if defined(_WIN32) && defined(NUMBER_SHARED)
__declspec(dllexport)
#endif
int number(void);
