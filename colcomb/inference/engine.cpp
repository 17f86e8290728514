#include "colcomb/inference/engine.hpp"

#include <algorithm>
#include <atomic>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"
#include "colcomb/base/thread_pool.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/inference/worker.hpp"

namespace colcomb::inference {
namespace {

const Kernel& find_kernel(const std::string& name) {
  const auto kernels = supported_kernels();
  if (name.empty()) return *kernels.front();
  for (const Kernel* kernel : kernels) {
    if (kernel->name == name) return *kernel;
  }
  throw option_error("kernel", name, must_be_one_of(name, kernel_names()));
}

/// `network`, once it is known to keep the rules.
const QuantizedNetwork& checked(const QuantizedNetwork& network) {
  validate(network, "network");
  return network;
}

struct Member {
  Maps maps;
  Memory scratch;
  std::vector<std::uint64_t> saturated;  // per hidden layer, in the present run
};

enum class Stage : std::uint8_t {
  kLoad,     // the image
  kJoin,     // what the columns of a hidden layer of several parts read
  kLayer,    // a hidden layer's kernel
  kWindows,  // its pooling windows
  kFinish,   // global pooling and the classifier
};

/// What a run gives; what is empty is not asked for.
struct Results {
  std::span<std::int32_t> logits;
  std::span<std::uint64_t> saturated;  // per hidden layer, over all images
  std::span<std::uint64_t> pool_sums;

  /// Those of image b of `count`.
  [[nodiscard]] Results of_image(std::size_t b, std::size_t count) const {
    const std::size_t classes = logits.size() / count;
    const std::size_t channels = pool_sums.size() / count;
    return {logits.subspan(b * classes, classes), saturated,
            pool_sums.subspan(b * channels, channels)};
  }
};

/// A piece of the work on an image that all members share. Each needs all pieces of earlier stages.
struct Piece {
  Stage stage = Stage::kLoad;
  std::size_t layer = 0;
  std::size_t part = 0;
  std::size_t parts = 1;
  std::size_t first = 0;  // piece of the stage
};

std::vector<Piece> cut_into_pieces(const Prepared& prepared, std::size_t members) {
  std::vector<Piece> pieces;
  const auto add = [&pieces](Stage stage, std::size_t layer, std::size_t parts) {
    const std::size_t first = pieces.size();
    for (std::size_t part = 0; part < parts; ++part)
      pieces.push_back({stage, layer, part, parts, first});
  };
  add(Stage::kLoad, 0, 1);
  for (std::size_t i = 0; i + 1 < prepared.kernels.size(); ++i) {
    const LayerPlan& layer = prepared.plan.layers[i];
    if (layer.joined) add(Stage::kJoin, i, std::min(layer.pixels / layer.width, 2 * members));
    // Two pieces for each member, so that a member that comes late costs less.
    add(Stage::kLayer, i, most_parts(prepared, i, 2 * members));
    const auto& pooling = prepared.plan.layers[i].pooling;
    if (pooling) add(Stage::kWindows, i, std::min(pooling->out_height, 2 * members));
  }
  add(Stage::kFinish, 0, 1);
  return pieces;
}

}  // namespace

std::vector<std::string> kernel_names() {
  std::vector<std::string> names;
  for (const Kernel* kernel : supported_kernels()) names.emplace_back(kernel->name);
  return names;
}

class Engine::State {
 public:
  State(const QuantizedNetwork& network, const EngineOptions& options)
      : kernel(find_kernel(options.kernel)),
        kernel_name(kernel.name),
        prepared(checked(network), kernel),
        shared_(prepared),
        pool_(options.threads == 0 ? available_threads() : options.threads) {
    std::size_t scratch = 0;
    for (const auto& layer : prepared.kernels) scratch = std::max(scratch, layer->scratch_bytes());
    pieces_ = cut_into_pieces(prepared, pool_.size());
    members_.reserve(pool_.size());
    for (std::size_t t = 0; t < pool_.size(); ++t) {
      members_.push_back(
          {Maps(prepared), Memory(scratch), std::vector<std::uint64_t>(prepared.kernels.size())});
    }
  }

  void run(std::span<const std::uint8_t> images, const Results& results) {
    const std::size_t count = images.size() / prepared.image_size();
    // As many images as there are full rounds of the thread pool, then the rest with all threads on
    // each.
    const std::size_t alone = count / pool_.size() * pool_.size();
    const std::size_t pieces = (count - alone) * pieces_.size();
    for (Member& member : members_) std::ranges::fill(member.saturated, 0);
    std::atomic<std::size_t> next_image = 0;
    std::atomic<std::size_t> next_piece = 0;
    std::atomic<std::size_t> finished = 0;  // pieces
    const auto image = [&](std::size_t b) {
      return images.subspan(b * prepared.image_size(), prepared.image_size());
    };
    auto body = [&](std::size_t t) {
      Member& member = members_[t];
      for (std::size_t b = next_image++; b < alone; b = next_image++)
        run_alone(member, image(b), results.of_image(b, count));
      for (std::size_t p = next_piece++; p < pieces; p = next_piece++) {
        const Piece& piece = pieces_[p % pieces_.size()];
        const std::size_t needed = p - p % pieces_.size() + piece.first;
        wait_until([&] { return finished >= needed; });
        const std::size_t b = alone + p / pieces_.size();
        run_piece(piece, member, image(b), results.of_image(b, count));
        ++finished;
      }
    };
    pool_.run(body);
    for (const Member& member : members_) {
      for (std::size_t i = 0; i < results.saturated.size(); ++i)
        results.saturated[i] += member.saturated[i];
    }
  }

  const Kernel& kernel;
  const std::string kernel_name;
  const Prepared prepared;

 private:
  void run_layer(std::size_t i, Maps& maps, Member& member, Part part, bool counting) {
    const bool linear = prepared.plan.layers[i].linear;
    part.input = maps.input(prepared, i);
    if (prepared.residual_sources[i] > 0)
      part.residual = maps.map(prepared, prepared.residual_sources[i]);
    if (linear) {
      part.output = maps.logits();
    } else {
      part.output = maps.activations(prepared, i);
    }
    part.scratch = member.scratch.data();
    part.saturated = counting ? &member.saturated[i] : nullptr;
    prepared.kernels[i]->run(part);
    const LayerPlan& layer = prepared.plan.layers[i];
    if (layer.table || !layer.row_tables.empty()) maps.look_up(prepared, i, part);
  }

  void finish(Maps& maps, Member& member, const Results& result) {
    if (prepared.plan.global_pooling) maps.pool(prepared);
    if (!result.pool_sums.empty()) maps.copy_pool_sums(prepared, result.pool_sums);
    if (result.logits.empty()) return;
    const std::size_t linear = prepared.kernels.size() - 1;
    run_layer(linear, maps, member, share(prepared, linear, 0, 1), false);
    std::copy_n(maps.logits(), result.logits.size(), result.logits.begin());
  }

  void run_alone(Member& member, std::span<const std::uint8_t> image, const Results& result) {
    const bool counting = !result.saturated.empty();
    member.maps.load(prepared, image);
    for (std::size_t i = 0; i + 1 < prepared.kernels.size(); ++i) {
      const LayerPlan& layer = prepared.plan.layers[i];
      if (layer.joined) member.maps.join(prepared, i, 0, layer.pixels / layer.width);
      run_layer(i, member.maps, member, share(prepared, i, 0, 1), counting);
      const auto& pooling = prepared.plan.layers[i].pooling;
      if (pooling) member.maps.pool_windows(prepared, i, 0, pooling->out_height);
    }
    finish(member.maps, member, result);
  }

  void run_piece(const Piece& piece, Member& member, std::span<const std::uint8_t> image,
                 const Results& result) {
    const bool counting = !result.saturated.empty();
    const std::size_t i = piece.layer;
    switch (piece.stage) {
      case Stage::kLoad:
        return shared_.load(prepared, image);
      case Stage::kJoin: {
        const LayerPlan& layer = prepared.plan.layers[i];
        const std::size_t rows = layer.pixels / layer.width;
        return shared_.join(prepared, i, piece.part * rows / piece.parts,
                            (piece.part + 1) * rows / piece.parts);
      }
      case Stage::kLayer:
        return run_layer(i, shared_, member, share(prepared, i, piece.part, piece.parts), counting);
      case Stage::kWindows: {
        const std::size_t rows = prepared.plan.layers[i].pooling->out_height;
        return shared_.pool_windows(prepared, i, piece.part * rows / piece.parts,
                                    (piece.part + 1) * rows / piece.parts);
      }
      case Stage::kFinish:
        return finish(shared_, member, result);
    }
  }

  Maps shared_;  // of an image that all members work on
  std::vector<Piece> pieces_;
  std::vector<Member> members_;
  ThreadPool pool_;
};

Engine::Engine(const QuantizedNetwork& network, const EngineOptions& options)
    : state_(std::make_unique<State>(network, options)) {}

Engine::Engine(const std::filesystem::path& path, const EngineOptions& options)
    : Engine(load_packed_network(path), options) {}

Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

std::size_t Engine::image_size() const {
  return state_->prepared.image_size();
}
std::size_t Engine::classes() const {
  return state_->prepared.classes;
}
std::size_t Engine::hidden_layers() const {
  return state_->prepared.kernels.size() - 1;
}
const std::string& Engine::kernel() const {
  return state_->kernel_name;
}

void Engine::run(std::span<const std::uint8_t> images, std::span<std::int32_t> logits) {
  run(images, logits, {});
}

void Engine::run(std::span<const std::uint8_t> images, std::span<std::int32_t> logits,
                 std::span<std::uint64_t> saturated) {
  COLCOMB_CHECK(images.size() % image_size() == 0, "images must be whole");
  COLCOMB_CHECK(logits.size() == images.size() / image_size() * classes(),
                "logits must be images x classes");
  COLCOMB_CHECK(saturated.empty() || saturated.size() == hidden_layers(),
                "saturation counts must be one per hidden layer");
  state_->run(images, {logits, saturated, {}});
}

void Engine::pool_sums(std::span<const std::uint8_t> images, std::span<std::uint64_t> sums) {
  COLCOMB_CHECK(images.size() % image_size() == 0, "images must be whole");
  COLCOMB_CHECK(global_pooling_channels() > 0, "the network must have global pooling");
  COLCOMB_CHECK(sums.size() == images.size() / image_size() * global_pooling_channels(),
                "sums must be images x channels");
  state_->run(images, {{}, {}, sums});
}

std::size_t Engine::global_pooling_channels() const {
  const NetworkPlan& plan = state_->prepared.plan;
  return plan.global_pooling ? plan.pooled.order.size() : 0;
}

}  // namespace colcomb::inference
