/* What ckpm's own programs include; the library's headers declare it, and more. */
#ifndef CKPM_TFLITE_C_H
#define CKPM_TFLITE_C_H

#include "tensorflow/lite/c/c_api.h"

#endif
