#include "colcomb/training/teacher.hpp"

#include <fmt/format.h>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

std::string images_of(const InputDescription& input) {
  return fmt::format("{} x {} x {}", input.channels, input.height, input.width);
}

}  // namespace

Teacher::Teacher(const std::filesystem::path& checkpoint, const NetworkDescription& pupil,
                 const std::string& backend, torch::Device device, std::size_t threads,
                 std::shared_ptr<const DeviceImageCache> image_cache) {
  const FloatNetwork trained = load_checkpoint(checkpoint).network;
  const NetworkDescription& own = trained.description;
  if (images_of(own.input) != images_of(pupil.input)) {
    throw file_error(checkpoint.string(), "images", images_of(own.input),
                     "the network to train reads " + images_of(pupil.input));
  }
  if (own.classes != pupil.classes) {
    throw file_error(checkpoint.string(), "classes", fmt::to_string(own.classes),
                     fmt::format("the network to train has {}", pupil.classes));
  }
  network::Cnn network(own, 0);
  network->from_artifact(trained);
  network->move_to(device);
  runner_ = make_runner(backend, network, device, threads, nullptr,
                        {Precision::kFloat, std::move(image_cache)});
}

}  // namespace colcomb::training
