#include "report.h"

#include <algorithm>

#include "text.h"

namespace {

std::string speed_json(const Speed& speed) {
  return "{\"median_ms\": " + number(speed.median_ms, 3) +
         ", \"p10_ms\": " + number(speed.p10_ms, 3) + ", \"p90_ms\": " + number(speed.p90_ms, 3) +
         ", \"min_ms\": " + number(speed.min_ms, 3) + ", \"max_ms\": " + number(speed.max_ms, 3) +
         ", \"runs\": " + std::to_string(speed.runs) +
         ", \"warmup\": " + std::to_string(speed.warmup) + "}";
}

std::string detection_json(const Detection& found) {
  const std::vector<double> box(std::begin(found.box), std::end(found.box));
  return "   {\"label\": " + quoted(found.label) +
         ", \"category_id\": " + std::to_string(found.category_id) +
         ", \"score\": " + number(found.score, 4) + ", \"box\": [" +
         joined(box, ", ", [](double edge) { return number(edge, 2); }) + "]}";
}

std::string photo_json(const Photo& photo) {
  const std::string found = joined(photo.detections, ",\n", detection_json);
  return "  {\"file\": " + quoted(photo.file) + ", \"width\": " + std::to_string(photo.width) +
         ", \"height\": " + std::to_string(photo.height) + ", \"detections\": [" +
         (found.empty() ? "" : "\n" + found) + "]}";
}

std::string photo_line(const Photo& photo, std::size_t width) {
  const std::string found = joined(photo.detections, ", ", [](const Detection& detection) {
    return detection.label + " " + number(detection.score, 2);
  });
  const std::string padding(width - photo.file.size(), ' ');
  return "  " + photo.file + padding + "  " + (found.empty() ? "-" : found) + "\n";
}

}  // namespace

std::string to_json(const Report& report) {
  return "{\n \"format\": \"detections/1\",\n \"model\": " + quoted(report.model) +
         ",\n \"runtime\": {\"name\": " + quoted(report.runtime_name) +
         ", \"version\": " + quoted(report.runtime_version) +
         "},\n \"threads\": " + std::to_string(report.threads) +
         ",\n \"threshold\": " + number(report.threshold, 3) +
         ",\n \"speed\": " + speed_json(report.speed) + ",\n \"images\": [\n" +
         joined(report.photos, ",\n", photo_json) + "\n ]\n}\n";
}

std::string to_table(const Report& report) {
  std::size_t width = 0;
  for (const Photo& photo : report.photos) width = std::max(width, photo.file.size());
  std::string table = report.model + " with " + report.runtime_name + " " +
                      report.runtime_version + ", " + std::to_string(report.threads) +
                      (report.threads == 1 ? " thread\n\n" : " threads\n\n");
  for (const Photo& photo : report.photos) table += photo_line(photo, width);
  return table + "\n" + describe(report.speed) + "\n";
}
