#include "colcomb/training/workers/worker_place.hpp"

#include <gtest/gtest.h>

#include <map>

#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

using Variables = std::map<std::string, std::string>;

WorkerPlace place_in(const Variables& variables) {
  return worker_place([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

/// The variable that the error names.
std::string refused(const Variables& variables) {
  try {
    static_cast<void>(place_in(variables));
  } catch (const UserError& error) {
    EXPECT_EQ(error.kind(), UserError::Kind::kUsage);
    return error.parts().where;
  }
  return "nothing";
}

TEST(WorkerPlace, NothingSetOrOneWorkerIsASingleProcess) {
  EXPECT_EQ(place_in({}), WorkerPlace());
  EXPECT_EQ(place_in({{"WORLD_SIZE", "1"}}), WorkerPlace());
  EXPECT_EQ(place_in({{"RANK", "0"}, {"WORLD_SIZE", "1"}, {"LOCAL_RANK", "0"}}), WorkerPlace());
  EXPECT_EQ(place_in({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "1"}}), WorkerPlace());
  EXPECT_EQ(place_in({{"SLURM_NTASKS", "1"}}), WorkerPlace());  // a shell of an allocation
}

TEST(WorkerPlace, Torchrun) {
  const Variables variables = {{"RANK", "5"},
                               {"WORLD_SIZE", "8"},
                               {"LOCAL_RANK", "1"},
                               {"LOCAL_WORLD_SIZE", "4"},
                               {"MASTER_ADDR", "node7"},
                               {"MASTER_PORT", "1234"},
                               // Slurm started one torchrun on each of two machines.
                               {"SLURM_PROCID", "1"},
                               {"SLURM_NTASKS", "2"}};
  EXPECT_EQ(place_in(variables), (WorkerPlace{5, 8, 1, 4, "node7", 1234}));
}

TEST(WorkerPlace, NextPortWhereTorchrunListensItself) {
  Variables variables = {{"RANK", "1"},
                         {"WORLD_SIZE", "2"},
                         {"MASTER_ADDR", "here"},
                         {"MASTER_PORT", "1234"},
                         {"TORCHELASTIC_USE_AGENT_STORE", "False"}};
  EXPECT_EQ(place_in(variables).port, 1234);
  variables["TORCHELASTIC_USE_AGENT_STORE"] = "True";
  EXPECT_EQ(place_in(variables).port, 1235);
  variables["MASTER_PORT"] = "65535";
  EXPECT_EQ(place_in(variables).port, 65534);
}

TEST(WorkerPlace, OpenMpi) {
  Variables variables = {{"OMPI_COMM_WORLD_RANK", "1"},
                         {"OMPI_COMM_WORLD_SIZE", "2"},
                         {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
                         {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}};
  EXPECT_EQ(place_in(variables), (WorkerPlace{1, 2, 1, 2, "127.0.0.1", 29500}));
  variables["OMPI_COMM_WORLD_LOCAL_RANK"] = "0";
  variables["OMPI_COMM_WORLD_LOCAL_SIZE"] = "1";
  EXPECT_EQ(refused(variables), "MASTER_ADDR");
  variables["MASTER_ADDR"] = "10.0.0.1";
  EXPECT_EQ(place_in(variables), (WorkerPlace{1, 2, 0, 1, "10.0.0.1", 29500}));
}

TEST(WorkerPlace, SlurmMeetsOnTheFirstHost) {
  Variables variables = {{"SLURM_PROCID", "3"}, {"SLURM_NTASKS", "4"}, {"SLURM_LOCALID", "1"}};
  EXPECT_EQ(refused(variables), "MASTER_ADDR");
  variables["SLURM_JOB_NODELIST"] = "gpu[03-04]";
  EXPECT_EQ(place_in(variables), (WorkerPlace{3, 4, 1, std::nullopt, "gpu03", 29500}));
  variables["SLURM_STEP_NODELIST"] = "gpu04";
  EXPECT_EQ(place_in(variables).address, "gpu04");
  variables["MASTER_ADDR"] = "login";
  variables["MASTER_PORT"] = "1";
  EXPECT_EQ(place_in(variables), (WorkerPlace{3, 4, 1, std::nullopt, "login", 1}));
}

TEST(WorkerPlace, FirstHostOfSlurmsLists) {
  EXPECT_EQ(first_host("a"), "a");
  EXPECT_EQ(first_host("a,b"), "a");
  EXPECT_EQ(first_host("gpu[03-06,09],login"), "gpu03");
  EXPECT_EQ(first_host("gpu[7,9]"), "gpu7");
  EXPECT_EQ(first_host("rack[1-2]-node[10-19]-ib,x"), "rack1-node10-ib");
}

TEST(WorkerPlace, HalfSetVariablesAreRefused) {
  EXPECT_EQ(refused({{"RANK", "0"}}), "WORLD_SIZE");
  EXPECT_EQ(refused({{"LOCAL_RANK", "0"}}), "WORLD_SIZE");
  EXPECT_EQ(refused({{"WORLD_SIZE", "2"}}), "RANK");
  EXPECT_EQ(refused({{"WORLD_SIZE", "2"}, {"RANK", ""}}), "RANK");
  EXPECT_EQ(refused({{"SLURM_NTASKS", "2"}}), "SLURM_PROCID");
  EXPECT_EQ(refused({{"OMPI_COMM_WORLD_RANK", "2"}}), "OMPI_COMM_WORLD_SIZE");
  const Variables pair = {{"RANK", "0"}, {"WORLD_SIZE", "2"}};
  EXPECT_EQ(refused(pair), "MASTER_ADDR");
  Variables more = pair;
  more["MASTER_ADDR"] = "here";
  EXPECT_EQ(refused(more), "MASTER_PORT");
}

TEST(WorkerPlace, ContradictionsAndBadNumbersAreRefused) {
  const Variables good = {{"RANK", "1"},
                          {"WORLD_SIZE", "2"},
                          {"LOCAL_RANK", "1"},
                          {"MASTER_ADDR", "here"},
                          {"MASTER_PORT", "80"}};
  EXPECT_EQ(refused(good), "nothing");
  const auto with = [&](const char* name, const char* value) {
    Variables bad = good;
    bad[name] = value;
    return refused(bad);
  };
  EXPECT_EQ(with("RANK", "2"), "RANK");
  EXPECT_EQ(with("RANK", "-1"), "RANK");
  EXPECT_EQ(with("RANK", "one"), "RANK");
  EXPECT_EQ(with("RANK", "1 "), "RANK");
  EXPECT_EQ(with("RANK", "0"), "LOCAL_RANK");
  EXPECT_EQ(with("WORLD_SIZE", "0"), "WORLD_SIZE");
  EXPECT_EQ(with("WORLD_SIZE", "1"), "RANK");
  EXPECT_EQ(with("LOCAL_RANK", "2"), "LOCAL_RANK");
  EXPECT_EQ(with("LOCAL_WORLD_SIZE", "1"), "LOCAL_RANK");
  EXPECT_EQ(with("LOCAL_WORLD_SIZE", "3"), "LOCAL_WORLD_SIZE");
  EXPECT_EQ(with("MASTER_PORT", "0"), "MASTER_PORT");
  EXPECT_EQ(with("MASTER_PORT", "65536"), "MASTER_PORT");
}

}  // namespace
}  // namespace colcomb::training
