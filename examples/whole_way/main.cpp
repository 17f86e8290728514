// Trains a small network on Fashion-MNIST while combining its columns, turns it into integers,
// evaluates those and simulates them on a systolic array: whole_way FOLDER [PART OF THE IMAGES]
#include <cstdio>
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/evaluation/accuracy.hpp"
#include "colcomb/evaluation/integer_evaluation.hpp"
#include "colcomb/stages/quantize.hpp"
#include "colcomb/stages/simulate.hpp"
#include "colcomb/pipeline/training_setup.hpp"

using namespace colcomb;

int main(int argc, char** argv) try {
  dataset::DataOptions data;
  data.name = "fashion-mnist";
  data.sample_ratio = argc > 2 ? std::stod(argv[2]) : 1;
  training::TrainOptions options;
  options.epochs = 3;
  training::RunOptions run;
  run.save_path = std::filesystem::path(argc > 1 ? argv[1] : ".") / "network.ckpt";
  run.force = true;
  training::prepare_libtorch(0);
  const pipeline::TrainingSetup setup = pipeline::set_up(data, pipeline::small_network(), options);
  const Checkpoint trained = training::train(options, run, setup.network, setup.train_data(), {});
  const QuantizedNetwork packed = stages::quantize(trained.network, {data}, "example").network;
  const auto test =
      evaluation::open_for_evaluation(data, dataset::Split::kTest, packed.description);
  const auto integers = evaluation::evaluate_integers(packed, test, 0);
  const Accuracy accuracy = evaluation::accuracy_of(integers.logits, integers.labels);
  const auto machine =
      stages::simulate(packed, describe_array("32x32", 8), packed.samples.pixels, {});
  std::printf("top-1 %.4f of %ju images, one image every %ju clocks\n", accuracy.top1_share(),
              std::uintmax_t{accuracy.images}, std::uintmax_t{machine.simulation.result.interval});
} catch (const UserError& error) {
  return std::fprintf(stderr, "whole_way: %s\n", error.what()), 1;
}
