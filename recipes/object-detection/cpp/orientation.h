// How a camera was held: Exif says by which turn a photograph stands upright.
#pragma once

#include "image.h"

// Reads the orientation, 1 to 8, of a JPEG file's Exif segment ("Exif\0\0", then TIFF); 1, which
// is upright, where it says nothing that can be read.
int exif_orientation(const Bytes& segment);

// Turns or mirrors an image that was taken in an orientation.
Image turned_upright(const Image& image, int orientation);
