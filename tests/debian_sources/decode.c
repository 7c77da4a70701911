/* Print the width, the height and the mean of each colour of a JPEG or PNG file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

static unsigned char *jpeg(const char *path, unsigned *width, unsigned *height) {
  struct jpeg_decompress_struct image;
  struct jpeg_error_mgr errors;
  FILE *file = fopen(path, "rb");
  image.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&image);
  jpeg_stdio_src(&image, file);
  jpeg_read_header(&image, TRUE);
  image.out_color_space = JCS_RGB;
  jpeg_start_decompress(&image);
  *width = image.output_width;
  *height = image.output_height;
  unsigned char *pixels = malloc(3u * *width * *height);
  while (image.output_scanline < image.output_height) {
    JSAMPROW row = pixels + 3u * *width * image.output_scanline;
    jpeg_read_scanlines(&image, &row, 1);
  }
  return pixels;
}

static unsigned char *png(const char *path, unsigned *width, unsigned *height) {
  png_image image = {.version = PNG_IMAGE_VERSION};
  if (!png_image_begin_read_from_file(&image, path)) return NULL;
  image.format = PNG_FORMAT_RGB;
  *width = image.width;
  *height = image.height;
  unsigned char *pixels = malloc(PNG_IMAGE_SIZE(image));
  return png_image_finish_read(&image, NULL, pixels, 0, NULL) ? pixels : NULL;
}

int main(int count, char **arguments) {
  unsigned width, height;
  for (int i = 1; i < count; i++) {
    int is_png = strstr(arguments[i], ".png") != NULL;
    unsigned char *pixels = (is_png ? png : jpeg)(arguments[i], &width, &height);
    if (!pixels) return 1;
    double sums[3] = {0};
    for (size_t at = 0; at < 3u * width * height; at++) sums[at % 3] += pixels[at];
    double area = (double)width * height;
    printf("%u %u %.3f %.3f %.3f\n", width, height, sums[0] / area, sums[1] / area, sums[2] / area);
  }
  return 0;
}
