// Pairwise merging of groups, the policy of the paper's published training script.

#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/kernels.hpp"
#include "colcomb/combining/pattern.hpp"

namespace colcomb::combining {
namespace {

/// Groups that merge. The fewest jointly empty rows means the largest union of occupied rows, so a
/// pair's score is its union's size, or 0 if merging it would break alpha or gamma.
///
/// Every slot remembers its best partner. Merging b into a can only raise a's scores, as its rows
/// grow, or end their admissibility, for good. So a slot whose best partner was a or b has a as its
/// best partner now, and scores are scanned again only where that pair has become inadmissible.
class PairwiseMerger {
 public:
  PairwiseMerger(ColumnPattern pattern, const GroupingOptions& options)
      : pattern_(std::move(pattern)),
        count_(pattern_.size()),
        alpha_(options.alpha),
        limit_(conflict_limit(options.gamma, pattern_.rows)),
        occupied_(pattern_.bits),
        filled_(pattern_.nonzeros),
        conflicts_(count_, 0),
        scores_(count_, count_),
        partner_(count_),
        best_(count_),
        overlaps_(count_) {
    for (const std::uint32_t column : pattern_.columns) members_.push_back({column});
    for (std::size_t k = 0; k < count_; ++k) {
      score_row(k);
      find_partner(k);
    }
  }

  ColumnGroups run() {
    while (count_ > 0) {
      // The first slot with the highest score has a partner after it: the lowest pair of all ties.
      const std::size_t a = first_largest(best_.data(), count_);
      if (best_[a] == 0) break;
      merge(a, partner_[a]);
    }
    ColumnGroups result;
    for (auto& group : members_) {
      if (!group.empty()) result.groups.push_back(std::move(group));
    }
    return result;
  }

 private:
  void score_row(std::size_t a) {
    const std::size_t words = pattern_.words;
    count_overlaps(occupied_.data() + a * words, occupied_.data(), words, count_, overlaps_.data());
    const auto row = scores_.row(a);
    for (std::size_t k = 0; k < count_; ++k) {
      const bool admissible = k != a && !members_[k].empty() &&
                              members_[a].size() + members_[k].size() <= alpha_ &&
                              conflicts_[a] + conflicts_[k] + overlaps_[k] <= limit_;
      row[k] = admissible ? filled_[a] + filled_[k] - overlaps_[k] : 0;
    }
  }

  void find_partner(std::size_t k) {
    partner_[k] = first_largest(scores_.row(k).data(), count_);
    best_[k] = scores_(k, partner_[k]);
  }

  void merge(std::size_t a, std::size_t b) {
    const std::uint32_t merged = scores_(a, b);
    conflicts_[a] += conflicts_[b] + filled_[a] + filled_[b] - merged;
    filled_[a] = merged;
    for (std::size_t w = 0; w < pattern_.words; ++w)
      occupied_[a * pattern_.words + w] |= occupied_[b * pattern_.words + w];
    members_[a].insert(members_[a].end(), members_[b].begin(), members_[b].end());
    members_[b].clear();
    best_[b] = 0;

    score_row(a);
    find_partner(a);
    for (std::size_t k = 0; k < count_; ++k) {
      if (k == a || members_[k].empty()) continue;
      const std::uint32_t score = scores_(a, k);
      scores_(k, a) = score;
      scores_(k, b) = 0;
      const bool had_either = partner_[k] == a || partner_[k] == b;
      if (had_either && score == 0) {
        if (best_[k] > 0) find_partner(k);
      } else if (had_either || score > best_[k] || (score == best_[k] && a < partner_[k])) {
        best_[k] = score;
        partner_[k] = a;
      }
    }
  }

  ColumnPattern pattern_;
  std::size_t count_;  // slots; slot k starts with the k-th nonzero column
  std::size_t alpha_;
  std::size_t limit_;
  std::vector<std::uint64_t> occupied_;              // rows with a nonzero, one bitset per slot
  std::vector<std::uint32_t> filled_;                // how many such rows
  std::vector<std::size_t> conflicts_;               // conflicts of the slot's group
  std::vector<std::vector<std::uint32_t>> members_;  // columns; empty once merged into another
  Matrix<std::uint32_t> scores_;                     // symmetric among living slots
  std::vector<std::size_t> partner_;                 // first slot with the highest score
  std::vector<std::uint32_t> best_;                  // that score
  std::vector<std::uint32_t> overlaps_;
};

}  // namespace

/// Starts with one group per column and again and again merges the admissible pair with the fewest
/// jointly empty rows (ties: the pair with the lowest first columns), until none is admissible.
/// Time O(K^2 * N / 64) plus rescans for K nonzero columns, memory 4 K^2 bytes.
ColumnGroups group_pairwise(const Matrix<float>& pruned, const GroupingOptions& options) {
  return PairwiseMerger(pattern_of(pruned), options).run();
}

}  // namespace colcomb::combining
