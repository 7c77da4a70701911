#include "checksum.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "text.h"

namespace {

constexpr int kInputEdge = 300;
constexpr std::uint32_t kPolynomial = 0xEDB88320;

std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? kPolynomial : 0);
    table[i] = value;
  }
  return table;
}

std::string hexadecimal(std::uint32_t value) {
  char text[9];
  std::snprintf(text, sizeof text, "%08lx", static_cast<unsigned long>(value));
  return text;
}

std::string photo_json(const DecodedPhoto& photo) {
  return "  {\"file\": " + quoted(photo.file) + ", \"width\": " + std::to_string(photo.width) +
         ", \"height\": " + std::to_string(photo.height) + ", \"crc32\": \"" +
         hexadecimal(photo.pixels) + "\", \"scaled_crc32\": \"" + hexadecimal(photo.scaled) + "\"}";
}

std::string photo_line(const DecodedPhoto& photo, std::size_t width) {
  const std::string padding(width - photo.file.size(), ' ');
  return "  " + photo.file + padding + "  " + std::to_string(photo.width) + " x " +
         std::to_string(photo.height) + "  " + hexadecimal(photo.pixels) + " " +
         hexadecimal(photo.scaled) + "\n";
}

}  // namespace

std::uint32_t crc32_of(const Bytes& bytes) {
  static const std::array<std::uint32_t, 256> table = crc_table();
  std::uint32_t value = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) value = value >> 8 ^ table[(value ^ byte) & 0xFF];
  return value ^ 0xFFFFFFFF;
}

DecodedPhoto summarize(const std::string& file, const Image& image) {
  const Image scaled = resized(image, kInputEdge, kInputEdge);
  return {file, image.width, image.height, crc32_of(image.pixels), crc32_of(scaled.pixels)};
}

std::string to_json(const std::vector<DecodedPhoto>& photos) {
  return "{\n \"format\": \"decoded/1\",\n \"images\": [\n" +
         joined(photos, ",\n", photo_json) + "\n ]\n}\n";
}

std::string to_table(const std::vector<DecodedPhoto>& photos) {
  std::size_t width = 0;
  for (const DecodedPhoto& photo : photos) width = std::max(width, photo.file.size());
  std::string table = "decoded pixels and scaled ones, by CRC-32\n\n";
  for (const DecodedPhoto& photo : photos) table += photo_line(photo, width);
  return table;
}
