#include <fmt/format.h>

#include "colcomb/page/sections.hpp"
#include "colcomb/page/words.hpp"

namespace colcomb::page {
namespace {

double middle(const JsonReader& figure) {
  return (figure["low"].number() + figure["high"].number()) / 2;
}

std::string range_of_energy(const JsonReader& figure) {
  return energy_text(figure["low"].number(), figure["high"].number());
}

std::string grouped(const JsonReader& count) {
  return number_text(count.number());
}

std::string accuracy_sentence(const JsonReader& report) {
  const JsonReader accuracy = report["accuracy"];
  const JsonReader integer = accuracy["integer"];
  std::string text = fmt::format("{:.2f} % top-1 on the {} test images of {}, computed in integers",
                                 100 * integer["top1"].number(), grouped(integer["images"]),
                                 report["dataset"].text());
  if (accuracy.has("dense")) {
    text += fmt::format("; the network without pruning has {:.2f} %",
                        100 * accuracy["dense"]["top1"].number());
  }
  return text + ".";
}

}  // namespace

Json headline(const RunFolder& run) {
  const JsonReader report = run.read();
  const JsonReader total = report["combining"]["total"];
  std::string gain =
      fmt::format("Column combining packs {} columns of {} filter matrices into {} groups",
                  grouped(total["columns"]), run.network.layer_count(), grouped(total["groups"]));
  if (report.has("comparison") && !report["comparison"].elements().empty() &&
      report.has("simulation")) {
    const double before = report["comparison"].elements()[0]["interval"].number();
    const double now = report["simulation"]["interval"].number();
    gain += fmt::format(": {:.2f} times the images a second of the same network without combining",
                        before / now);
  }
  Json sentences = {gain + ".", accuracy_sentence(report)};
  if (report.has("cost")) {
    const JsonReader cost = report["cost"];
    const JsonReader energy = cost["network"]["on_chip_pj_per_image"];
    if (energy.has("low")) {
      std::string text = fmt::format("An image takes {} on the chip ({}, known parts)",
                                     range_of_energy(energy), cost["technology"].text());
      if (report.has("cost_comparison")) {
        const auto rows = report["cost_comparison"]["rows"].elements();
        if (!rows.empty() && rows[0]["network"]["on_chip_pj_per_image"].has("low")) {
          text += fmt::format(", {:.2g} times less than without combining (middles of the ranges)",
                              middle(rows[0]["network"]["on_chip_pj_per_image"]) / middle(energy));
        }
      }
      sentences.push_back(text + ".");
    }
  }
  return sentences;
}

Json summary(const RunFolder& run) {
  const JsonReader report = run.read();
  const JsonReader total = report["combining"]["total"];
  const JsonReader integer = report["accuracy"]["integer"];
  Json items = Json::array();
  const auto add = [&items](const char* label, Json value, const char* format, std::string note) {
    items.push_back(
        {{"label", label}, {"value", std::move(value)}, {"format", format}, {"note", note}});
  };
  add("top-1 accuracy", integer["top1"].number(), "percent",
      fmt::format("{} test images, in integers", grouped(integer["images"])));
  add("nonzero weights", total["nonzeros"].count(), "count",
      fmt::format("of {}", grouped(total["nonzeros_before"])));
  add("utilization efficiency", total["utilization"].number(), "percent",
      "cells of the packed matrices that hold a weight");
  add("tiles", total["tiles"].count(), "count",
      fmt::format("{} without combining", grouped(total["tiles_before"])));
  if (report.has("simulation")) {
    const JsonReader simulation = report["simulation"];
    add("clocks per batch", simulation["interval"].count(), "count",
        fmt::format("kept busy; the first batch takes {}", grouped(simulation["latency"])));
    add("images a second", simulation["frames_per_second"].number(), "count",
        fmt::format("at {:g} MHz", simulation["config"]["array"]["clock_mhz"].number()));
  }
  if (report.has("cost")) {
    const JsonReader energy = report["cost"]["network"]["on_chip_pj_per_image"];
    if (energy.has("low")) {
      add("energy of an image", {energy["low"].number(), energy["high"].number()}, "energy",
          "on the chip, known parts: " + report["cost"]["technology"].text());
    }
  }
  return items;
}

}  // namespace colcomb::page
