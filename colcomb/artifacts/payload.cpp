#include "colcomb/artifacts/payload.hpp"

#include <fmt/format.h>

#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/sealed_file.hpp"

namespace colcomb {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

std::uint32_t narrow(std::size_t value) {
  COLCOMB_CHECK(value <= 0xffffffffU, "validated sizes fit 32 bits");
  return static_cast<std::uint32_t>(value);
}

Offset<schema::Window> write_window(FlatBufferBuilder& builder, const Window& w) {
  return schema::CreateWindow(builder, narrow(w.kernel_height), narrow(w.kernel_width),
                              narrow(w.dilation_height), narrow(w.dilation_width),
                              narrow(w.pad_top), narrow(w.pad_left), narrow(w.out_height),
                              narrow(w.out_width));
}

std::int64_t index_or_none(const std::optional<std::size_t>& index) {
  return index ? static_cast<std::int64_t>(narrow(*index)) : -1;
}

Offset<schema::InputPart> write_input(FlatBufferBuilder& builder, const InputPart& input) {
  const auto window =
      input.window ? write_window(builder, *input.window) : Offset<schema::Window>();
  return schema::CreateInputPart(builder, narrow(input.source), narrow(input.channels),
                                 narrow(input.height), narrow(input.width), narrow(input.kernel),
                                 narrow(input.stride), window);
}

Offset<schema::ActivationTable> write_activation(FlatBufferBuilder& builder,
                                                 const ActivationTable& table) {
  const auto name = write_string(builder, table.name);
  const auto values = builder.CreateVector(table.values);
  return schema::CreateActivationTable(builder, name, values);
}

Offset<schema::LayerDescription> write_layer(FlatBufferBuilder& builder,
                                             const LayerDescription& layer) {
  const auto name = write_string(builder, layer.name);
  std::vector<schema::Column> columns;
  columns.reserve(layer.columns.size());
  for (const Column& column : layer.columns)
    columns.emplace_back(column.channel, column.dy, column.dx);
  const auto stored_columns = builder.CreateVectorOfStructs(columns);
  const auto window =
      layer.window ? write_window(builder, *layer.window) : Offset<schema::Window>();
  const auto pooling =
      layer.pooling ? write_pooling(builder, *layer.pooling) : Offset<schema::PoolingWindow>();
  std::vector<Offset<schema::InputPart>> inputs;
  for (const InputPart& input : layer.more_inputs) inputs.push_back(write_input(builder, input));
  const auto more_inputs = inputs.empty() ? Offset<flatbuffers::Vector<Offset<schema::InputPart>>>()
                                          : builder.CreateVector(inputs);
  const auto activation = layer.activation ? write_activation(builder, *layer.activation)
                                           : Offset<schema::ActivationTable>();
  return schema::CreateLayerDescription(
      builder, name, static_cast<schema::LayerKind>(layer.kind), narrow(layer.in_channels),
      narrow(layer.out_channels), narrow(layer.kernel), narrow(layer.stride), narrow(layer.alpha),
      stored_columns, narrow(layer.in_height), narrow(layer.in_width),
      index_or_none(layer.residual), window, layer.batch_norm, layer.fixed,
      narrow(layer.conv_groups), pooling, index_or_none(layer.source), more_inputs, activation,
      layer.zero);
}

Offset<schema::DataDescription> write_data(FlatBufferBuilder& builder,
                                           const DataDescription& data) {
  const auto name = write_string(builder, data.name);
  std::vector<Offset<flatbuffers::String>> classes;
  for (const std::string& text : data.class_names) classes.push_back(write_string(builder, text));
  const auto class_names = builder.CreateVector(classes);
  return schema::CreateDataDescription(builder, name, class_names);
}

}  // namespace

Offset<schema::PoolingWindow> write_pooling(FlatBufferBuilder& builder, const PoolingWindow& p) {
  return schema::CreatePoolingWindow(builder, static_cast<schema::PoolingKind>(p.kind),
                                     narrow(p.kernel_height), narrow(p.kernel_width),
                                     narrow(p.stride), narrow(p.pad_top), narrow(p.pad_left),
                                     narrow(p.out_height), narrow(p.out_width), p.count_padding);
}

Offset<schema::NetworkDescription> write_description(FlatBufferBuilder& builder,
                                                     const NetworkDescription& network) {
  std::vector<Offset<schema::LayerDescription>> layers;
  layers.reserve(network.hidden.size());
  for (const LayerDescription& layer : network.hidden)
    layers.push_back(write_layer(builder, layer));
  const auto hidden = builder.CreateVector(layers);
  const auto classifier = write_layer(builder, network.classifier);
  const InputDescription& input = network.input;
  const auto mean = builder.CreateVector(input.mean);
  const auto std = builder.CreateVector(input.std);
  const auto stored_input =
      schema::CreateInput(builder, narrow(input.channels), narrow(input.height),
                          narrow(input.width), mean, std, narrow(input.reshape_stride));
  const auto data = write_data(builder, network.data);
  return schema::CreateNetworkDescription(builder, stored_input, narrow(network.classes),
                                          network.dropout, hidden, classifier, data,
                                          network.global_pooling);
}

std::uint32_t version_of(const NetworkDescription& network) {
  if (has_row_tables(network)) return kFileVersion;
  if (has_tables(network)) return kTablesFileVersion;
  return is_chain(network) ? kOldestFileVersion : kBranchesFileVersion;
}

Offset<schema::ColumnGroups> write_groups(FlatBufferBuilder& builder, const ColumnGroups& groups) {
  std::vector<std::uint32_t> sizes;
  std::vector<std::uint32_t> members;
  for (const auto& group : groups.groups) {
    sizes.push_back(narrow(group.size()));
    members.insert(members.end(), group.begin(), group.end());
  }
  const auto stored_sizes = builder.CreateVector(sizes);
  const auto stored_members = builder.CreateVector(members);
  return schema::CreateColumnGroups(builder, stored_sizes, stored_members);
}

void require_payload_fits(std::uint64_t bulk_bytes, const std::string& file) {
  constexpr std::uint64_t kRoomForTheRest = 64ULL << 20;
  if (bulk_bytes + kRoomForTheRest > FLATBUFFERS_MAX_BUFFER_SIZE) {
    throw file_error(file, "size", fmt::format("{} bytes", bulk_bytes),
                     "must stay below 2 GiB: the network is too large for this file format");
  }
}

std::vector<std::string> PayloadReader::texts(
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* source) {
  constexpr std::size_t kLeastString = 8;
  const auto& present = need(source);
  charge(present.size() * kLeastString);
  std::vector<std::string> result;
  for (const flatbuffers::String* const element : present) result.push_back(text(element));
  return result;
}

LayerDescription PayloadReader::layer(const schema::LayerDescription& source) {
  LayerDescription layer;
  layer.name = text(source.name());
  if (source.kind() > schema::LayerKind::MAX) malformed();
  layer.kind = static_cast<LayerKind>(source.kind());
  layer.in_channels = source.in_channels();
  layer.out_channels = source.out_channels();
  layer.kernel = source.kernel();
  layer.stride = source.stride();
  layer.alpha = source.alpha();
  const auto& columns = need(source.columns());
  charge(columns.size() * sizeof(schema::Column));
  layer.columns.reserve(columns.size());
  for (const schema::Column* const column : columns)
    layer.columns.push_back({need(column).channel(), column->dy(), column->dx()});
  layer.in_height = source.in_height();
  layer.in_width = source.in_width();
  layer.residual = index_of(source.residual());
  layer.window = window(source.window());
  layer.batch_norm = source.batch_norm();
  layer.fixed = source.fixed();
  layer.conv_groups = source.conv_groups();
  if (source.pooling() != nullptr) layer.pooling = pooling(*source.pooling());
  layer.source = index_of(source.source());
  if (source.more_inputs() != nullptr) {
    layer.more_inputs = tables(source.more_inputs(), [this](const schema::InputPart& input) {
      charge(6 * sizeof(std::uint32_t));
      return InputPart{input.source(), input.channels(), input.height(),        input.width(),
                       input.kernel(), input.stride(),   window(input.window())};
    });
  }
  if (const schema::ActivationTable* const table = source.activation())
    layer.activation = {text(table->name()), vector(table->values())};
  layer.zero = source.zero();
  return layer;
}

std::optional<std::size_t> PayloadReader::index_of(std::int64_t stored) const {
  if (stored < -1 || stored > 0xffffffffLL) malformed();
  return stored < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(stored));
}

std::optional<Window> PayloadReader::window(const schema::Window* w) {
  if (w == nullptr) return std::nullopt;
  charge(8 * sizeof(std::uint32_t));
  return Window{w->kernel_height(), w->kernel_width(), w->dilation_height(), w->dilation_width(),
                w->pad_top(),       w->pad_left(),     w->out_height(),      w->out_width()};
}

PoolingWindow PayloadReader::pooling(const schema::PoolingWindow& source) {
  charge(8 * sizeof(std::uint32_t));
  if (source.kind() > schema::PoolingKind::MAX) malformed();
  return {static_cast<PoolingKind>(source.kind()),
          source.kernel_height(),
          source.kernel_width(),
          source.stride(),
          source.pad_top(),
          source.pad_left(),
          source.out_height(),
          source.out_width(),
          source.count_padding()};
}

NetworkDescription PayloadReader::description(const schema::NetworkDescription* source) {
  NetworkDescription network;
  const schema::NetworkDescription& stored = need(source);
  const schema::Input& input = need(stored.input());
  network.input = {input.channels(),     input.height(),      input.width(),
                   vector(input.mean()), vector(input.std()), input.reshape_stride()};
  network.classes = stored.classes();
  network.global_pooling = stored.global_pooling();
  network.dropout = stored.dropout();
  network.hidden =
      tables(stored.hidden(), [this](const schema::LayerDescription& l) { return layer(l); });
  network.classifier = layer(need(stored.classifier()));
  const schema::DataDescription& data = need(stored.data());
  network.data.name = text(data.name());
  network.data.class_names = texts(data.class_names());
  return network;
}

ColumnGroups PayloadReader::groups(const schema::ColumnGroups* source) {
  const std::vector<std::uint32_t> sizes = vector(need(source).sizes());
  const std::vector<std::uint32_t> members = vector(need(source).members());
  ColumnGroups result;
  result.groups.reserve(sizes.size());
  std::size_t begin = 0;
  for (const std::uint32_t size : sizes) {
    if (size > members.size() - begin) malformed();
    const auto first = members.begin() + static_cast<std::ptrdiff_t>(begin);
    result.groups.emplace_back(first, first + size);
    begin += size;
  }
  if (begin != members.size()) malformed();
  return result;
}

}  // namespace colcomb
