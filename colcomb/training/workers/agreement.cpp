#include "colcomb/training/workers/agreement.hpp"

#include <fmt/format.h>

#include <vector>

#include "colcomb/base/digest.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

void add_layer(Digest& digest, const LayerDescription& description, const FloatLayer& layer) {
  digest.add_number(description.alpha);
  digest.add_number(description.stride);
  digest.add_number(description.conv_groups);
  for (const Column& column : description.columns) {
    digest.add_number(column.channel);
    digest.add_number(column.dy);
    digest.add_number(column.dx);
  }
  digest.add_list(layer.weights.values());
  digest.add_list(layer.mask.values());
  digest.add_list(layer.bias);
  if (layer.groups) {
    for (const auto& group : layer.groups->groups) digest.add_list(group);
  }
  if (!layer.batch_norm) return;
  digest.add_list(layer.batch_norm->weight);
  digest.add_list(layer.batch_norm->bias);
  digest.add_list(layer.batch_norm->mean);
  digest.add_list(layer.batch_norm->variance);
}

void add_split(Digest& digest, const dataset::Dataset& images,
               const std::vector<std::size_t>& indices) {
  digest.add_list(indices);
  for (const std::size_t i : indices) digest.add_number(images.label(i));
}

}  // namespace

std::uint64_t digest_of(const Checkpoint& checkpoint) {
  Digest digest;
  const FloatNetwork& network = checkpoint.network;
  for (std::size_t i = 0; i < network.layer_count(); ++i)
    add_layer(digest, network.description.layer(i), network.layer(i));
  digest.add_number(network.description.dropout);
  digest.add_number(checkpoint.training.epochs_done);
  digest.add_number(checkpoint.training.prunings_done);
  digest.add_number(checkpoint.training.prune_fraction);
  for (const IdentityField& field : checkpoint.training.identity.fields) {
    digest.add_list(field.name);
    digest.add_list(field.value);
  }
  for (const NamedTensor& tensor : checkpoint.training.optimizer) digest.add_list(tensor.values);
  return digest.value();
}

std::uint64_t digest_of(const TrainData& data) {
  Digest digest;
  add_split(digest, data.train_set, data.train);
  add_split(digest, data.train_set, data.validation);
  add_split(digest, data.test_set, data.test);
  return digest.value();
}

void require_agreement(Workers& workers, std::uint64_t digest, const std::string& rule) {
  // Every worker's digest in halves that a double holds exactly, the others' places 0.
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 32;
  std::vector<double> halves(2 * workers.size());
  halves[2 * workers.rank()] = static_cast<double>(digest / kHalf);
  halves[2 * workers.rank() + 1] = static_cast<double>(digest % kHalf);
  workers.sum(halves);
  for (std::size_t w = 1; w < workers.size(); ++w) {
    if (halves[2 * w] == halves[0] && halves[2 * w + 1] == halves[1]) continue;
    throw failure("workers", fmt::format("worker {} differs from worker 0: {}", w, rule));
  }
}

}  // namespace colcomb::training
