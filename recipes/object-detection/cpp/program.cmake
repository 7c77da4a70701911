# The program, with the image formats whose libraries are found.
find_package(Threads REQUIRED)
find_package(JPEG QUIET)
find_package(PNG QUIET)

# The names of COCO's categories are part of the program, which then needs no other file.
file(READ coco_labels.txt COCO_LABELS)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS coco_labels.txt)
configure_file(coco_labels.h.in coco_labels.h @ONLY)

add_executable(object-detection
  main.cpp checksum.cpp detector.cpp image.cpp jpeg.cpp labels.cpp options.cpp orientation.cpp
  png.cpp ppm.cpp report.cpp text.cpp timing.cpp)
target_include_directories(object-detection PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
target_link_libraries(object-detection PRIVATE Threads::Threads)
# On 32-bit Arm, GCC otherwise tells at length how it passed arguments before version 7.
target_compile_options(object-detection PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-psabi>)
if(LOADED_WITH)
  # Another machine's build of the library takes the place of this one when the program starts.
  target_sources(object-detection PRIVATE resize.c)
  target_link_libraries(object-detection PRIVATE
                        object_detection -Wl,--whole-archive "${LOADED_WITH}" -Wl,--no-whole-archive)
elseif(OBJECT_DETECTION_LIBRARY)
  target_sources(object-detection PRIVATE resize.c)
  target_link_libraries(object-detection PRIVATE "${OBJECT_DETECTION_LIBRARY}")
else()
  target_sources(object-detection PRIVATE $<TARGET_OBJECTS:core>)
  target_link_libraries(object-detection PRIVATE ${runtime_library})
endif()
foreach(format JPEG PNG)
  if(${format}_FOUND)
    target_compile_definitions(object-detection PRIVATE HAVE_${format})
    target_link_libraries(object-detection PRIVATE ${format}::${format})
  endif()
  message(STATUS "${format} images: ${${format}_FOUND}")
endforeach()
if(UNIX AND NOT APPLE)
  target_link_options(object-detection PRIVATE -Wl,--allow-shlib-undefined)
elseif(MINGW)
  # GCC's own libraries are not where Windows looks for any.
  target_link_options(object-detection PRIVATE -static)
endif()

install(TARGETS object-detection RUNTIME DESTINATION bin)
