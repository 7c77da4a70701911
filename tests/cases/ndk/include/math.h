#pragma once

#ifdef __cplusplus
extern "C" {
#endif

double exp(double value);
float expf(float value);
float roundf(float value);
float sqrtf(float value);

#ifdef __cplusplus
}
#endif
