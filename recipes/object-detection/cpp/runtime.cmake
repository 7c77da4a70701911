# Finds what runs the model: sets `runtime` to litert, tflite or none, `runtime_library`, and
# `runtime_include_dir`.

if(MINGW)
  # GNU's linker needs no import library, and the wheel holds none.
  list(APPEND CMAKE_FIND_LIBRARY_SUFFIXES .dll)
endif()

# A cross build looks only below its own root by default, and neither library lives there.
find_library(LITERT_LIBRARY NAMES LiteRt libLiteRt HINTS "${LITERT_ROOT}"
             PATH_SUFFIXES lib ai_edge_litert NO_CMAKE_FIND_ROOT_PATH)
find_library(TFLITE_LIBRARY NAMES tensorflowlite_jni tensorflowlite_c HINTS "${LITERT_ROOT}"
             PATH_SUFFIXES lib NO_CMAKE_FIND_ROOT_PATH)

set(runtime "${CKPM_RUNTIME}")
if(runtime STREQUAL "auto")
  if(LITERT_LIBRARY)
    set(runtime litert)
  elseif(TFLITE_LIBRARY)
    set(runtime tflite)
  else()
    message(FATAL_ERROR "no libLiteRt, libtensorflowlite_jni or libtensorflowlite_c was found: "
                        "set LITERT_ROOT, or CKPM_RUNTIME=none to decode images only")
  endif()
endif()

set(runtime_library "")
if(runtime STREQUAL "none")
  return()
endif()
string(TOUPPER "${runtime}" prefix)
set(runtime_library "${${prefix}_LIBRARY}")
find_path(${prefix}_INCLUDE_DIR NAMES ${runtime}_c.h HINTS "${LITERT_ROOT}"
          PATHS "${CMAKE_CURRENT_SOURCE_DIR}/../../litert/include"
                "${CMAKE_CURRENT_SOURCE_DIR}/../../tensorflow/include"
          PATH_SUFFIXES include NO_CMAKE_FIND_ROOT_PATH)
set(runtime_include_dir "${${prefix}_INCLUDE_DIR}")
if(NOT runtime_library OR NOT runtime_include_dir)
  message(FATAL_ERROR "the library or the header ${runtime}_c.h was not found: set LITERT_ROOT")
endif()
message(STATUS "Runtime: ${runtime_library}")
