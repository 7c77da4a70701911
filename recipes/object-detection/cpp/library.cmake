# The library: C that needs nothing but the runtime and a C library, and so builds for Android
# without a C++ library.
add_library(core OBJECT object_detection.c resize.c runtime_${runtime}.c)
set_target_properties(core PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
target_compile_definitions(core PRIVATE OBJECT_DETECTION_SHARED
                           LITERT_VERSION="${LITERT_VERSION}")
if(runtime_include_dir)
  target_include_directories(core PRIVATE "${runtime_include_dir}")
endif()

add_library(object_detection SHARED $<TARGET_OBJECTS:core>)
target_link_libraries(object_detection PRIVATE ${runtime_library})
if(UNIX AND NOT APPLE)
  # The runtime's own needs are the target's affair; a cross linker may not see them all.
  target_link_options(object_detection PRIVATE -Wl,--allow-shlib-undefined)
endif()
if(ANDROID)
  # Android 15 has phones whose pages are of 16 KiB.
  target_link_options(object_detection PRIVATE -Wl,-z,max-page-size=16384)
endif()

install(TARGETS object_detection RUNTIME DESTINATION bin
        LIBRARY DESTINATION lib ARCHIVE DESTINATION lib)
install(FILES object_detection.h DESTINATION include)
