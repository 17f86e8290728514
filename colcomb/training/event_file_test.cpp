// A reader of its own checks the event file: it shares no code with the writer, and its checksum is
// computed otherwise (by polynomial division, most significant bit first).
#include "colcomb/training/event_file.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <map>
#include <string>

#include "colcomb/training/history.hpp"

namespace colcomb::training {
namespace {

std::uint32_t mirrored(std::uint32_t value, int bits) {
  std::uint32_t result = 0;
  for (int i = 0; i < bits; ++i) result |= (value >> i & 1) << (bits - 1 - i);
  return result;
}

std::uint32_t crc32c_by_division(std::string_view bytes) {
  std::uint32_t rest = 0xFFFFFFFF;
  for (const char byte : bytes) {
    rest ^= mirrored(static_cast<std::uint8_t>(byte), 8) << 24;
    for (int bit = 0; bit < 8; ++bit) {
      const bool carry = (rest & 0x80000000) != 0;
      rest <<= 1;
      if (carry) rest ^= 0x1EDC6F41;
    }
  }
  return mirrored(rest, 32) ^ 0xFFFFFFFF;
}

template <class T>
T take(std::string_view& bytes) {
  T value{};
  if (bytes.size() < sizeof value) throw std::runtime_error("cut short");
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

std::string_view take_bytes(std::string_view& bytes, std::uint64_t count) {
  if (bytes.size() < count) throw std::runtime_error("cut short");
  const std::string_view taken = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return taken;
}

void require_masked(std::uint32_t found, std::string_view bytes) {
  const std::uint32_t crc = crc32c_by_division(bytes);
  const std::uint32_t rotated = static_cast<std::uint32_t>((std::uint64_t{crc} << 32 | crc) >> 15);
  if (found != static_cast<std::uint32_t>(rotated + 0xA282EAD8ULL)) {
    throw std::runtime_error("checksum");
  }
}

std::vector<std::string_view> records_of(std::string_view file) {
  std::vector<std::string_view> records;
  while (!file.empty()) {
    const std::string_view head = file.substr(0, 8);
    const auto length = take<std::uint64_t>(file);
    require_masked(take<std::uint32_t>(file), head);
    records.push_back(take_bytes(file, length));
    require_masked(take<std::uint32_t>(file), records.back());
  }
  return records;
}

std::uint64_t take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = take<std::uint8_t>(bytes);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
}

struct Event {
  double wall_time = -1;
  std::int64_t step = 0;
  std::string version;
  std::map<std::string, float> scalars;
};

void read_value(std::string_view bytes, Event& event) {
  std::string tag;
  float value = 0;
  while (!bytes.empty()) {
    switch (take_varint(bytes)) {
      case 1 << 3 | 2:
        tag = take_bytes(bytes, take_varint(bytes));
        break;
      case 2 << 3 | 5:
        value = take<float>(bytes);
        break;
      default:
        throw std::runtime_error("unknown field of a value");
    }
  }
  if (!event.scalars.emplace(tag, value).second) throw std::runtime_error("tag given twice");
}

Event read_event(std::string_view bytes) {
  Event event;
  while (!bytes.empty()) {
    switch (take_varint(bytes)) {
      case 1 << 3 | 1:
        event.wall_time = take<double>(bytes);
        break;
      case 2 << 3 | 0:
        event.step = static_cast<std::int64_t>(take_varint(bytes));
        break;
      case 3 << 3 | 2:
        event.version = take_bytes(bytes, take_varint(bytes));
        break;
      case 5 << 3 | 2: {
        std::string_view summary = take_bytes(bytes, take_varint(bytes));
        while (!summary.empty()) {
          if (take_varint(summary) != (1 << 3 | 2)) throw std::runtime_error("not a value");
          read_value(take_bytes(summary, take_varint(summary)), event);
        }
        break;
      }
      default:
        throw std::runtime_error("unknown field of an event");
    }
  }
  return event;
}

EpochRecord epoch(std::uint32_t number) {
  EpochRecord record;
  record.epoch = number;
  record.learning_rate = 0.05;
  record.train_loss = 0.5;
  record.validation_loss = record.validation_top1 = std::numeric_limits<double>::quiet_NaN();
  record.test_top1 = 0.75;
  record.nonzeros = 10036;
  record.packed_macs = 20480;
  record.seconds = 2.5;
  return record;
}

TEST(EventFile, TheReadersChecksumIsTheKnownOne) {
  EXPECT_EQ(crc32c_by_division("123456789"), 0xE3069283);
  EXPECT_EQ(crc32c_by_division(std::string(32, '\0')), 0x8A9136AA);  // RFC 3720, B.4
  EXPECT_EQ(crc32c_by_division(std::string(32, '\xFF')), 0x62A8AB43);
}

TEST(EventFile, AnEpochBecomesAStepOfScalars) {
  std::vector<EpochRecord> history;
  for (std::uint32_t number = 1; number <= 200; ++number) history.push_back(epoch(number));
  const std::string file = to_events(history);
  const auto records = records_of(file);
  ASSERT_EQ(records.size(), 201U);
  EXPECT_EQ(read_event(records[0]).version, "brain.Event:2");
  const Event last = read_event(records[200]);
  EXPECT_EQ(last.step, 200);
  EXPECT_EQ(last.wall_time, 500.0);
  EXPECT_EQ(last.scalars.at("train_loss"), 0.5F);
  EXPECT_EQ(last.scalars.at("learning_rate"), 0.05F);
  EXPECT_EQ(last.scalars.at("test_top1"), 0.75F);
  EXPECT_EQ(last.scalars.at("nonzeros"), 10036.0F);
  EXPECT_EQ(last.scalars.at("packed_macs"), 20480.0F);
  for (const char* name : {"test_loss", "test_top5", "utilization", "seconds"}) {
    EXPECT_TRUE(last.scalars.contains(name)) << name;
  }
  EXPECT_FALSE(last.scalars.contains("validation_top1")) << "there is none";
}

TEST(EventFile, GrowsFromEpochToEpoch) {
  const std::string one = to_events({epoch(1)});
  EXPECT_TRUE(to_events({epoch(1), epoch(2)}).starts_with(one));
}

TEST(EventFile, AChangedByteIsNoticed) {
  const std::string file = to_events({epoch(1)});
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string changed = file;
    changed[i] ^= 0x10;
    EXPECT_THROW(static_cast<void>(records_of(changed)), std::runtime_error) << i;
  }
}

}  // namespace
}  // namespace colcomb::training
