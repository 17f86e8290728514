#include <fmt/format.h>
#include <sqlite3.h>

#include <memory>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/exploration/table.hpp"

namespace colcomb::exploration {
namespace {

/// A name as SQL quotes it.
std::string quoted(const std::string& name) {
  std::string result = "\"";
  for (const char c : name) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + '"';
}

class Database {
 public:
  explicit Database(const std::filesystem::path& path) : path_(path) {
    sqlite3* opened = nullptr;
    const int status = ::sqlite3_open(path.c_str(), &opened);
    database_.reset(opened);
    if (status != SQLITE_OK) fail();
  }

  void execute(const std::string& sql) {
    if (::sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      fail();
  }

  class Statement {
   public:
    Statement(Database& database, const std::string& sql) : database_(database) {
      sqlite3_stmt* prepared = nullptr;
      if (::sqlite3_prepare_v2(database.database_.get(), sql.c_str(), -1, &prepared, nullptr) !=
          SQLITE_OK)
        database.fail();
      statement_.reset(prepared);
    }
    void bind(const std::string& text) {
      check(::sqlite3_bind_text(statement_.get(), ++bound_, text.c_str(),
                                static_cast<int>(text.size()), SQLITE_TRANSIENT));
    }
    void bind(std::int64_t number) {
      check(::sqlite3_bind_int64(statement_.get(), ++bound_, number));
    }
    void bind(double number) { check(::sqlite3_bind_double(statement_.get(), ++bound_, number)); }
    void bind_null() { check(::sqlite3_bind_null(statement_.get(), ++bound_)); }
    void step() {
      if (::sqlite3_step(statement_.get()) != SQLITE_DONE) database_.fail();
      check(::sqlite3_reset(statement_.get()));
      bound_ = 0;
    }

   private:
    void check(int status) {
      if (status != SQLITE_OK) database_.fail();
    }
    struct Finalize {
      void operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }
    };
    Database& database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int bound_ = 0;
  };

 private:
  [[noreturn]] void fail() const {
    throw file_error(path_.string(), "SQLite", ::sqlite3_errmsg(database_.get()),
                     "the table could not be written");
  }
  struct Close {
    void operator()(sqlite3* database) const { ::sqlite3_close(database); }
  };
  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> database_;
};

void bind_value(Database::Statement& statement, const nlohmann::ordered_json& value) {
  if (value.is_number_integer()) return statement.bind(value.get<std::int64_t>());
  if (value.is_number()) return statement.bind(value.get<double>());
  statement.bind_null();
}

void fill(Database& database, const Table& table) {
  std::string columns = "\"index\" INTEGER PRIMARY KEY, point TEXT";
  std::string marks = "?, ?";
  for (const auto& [name, value] : table.spec.point(0)) {
    columns += fmt::format(", {} TEXT", quoted(name));
    marks += ", ?";
  }
  for (const ResultColumn& column : result_columns()) {
    columns += fmt::format(", {}", quoted(column.name));
    marks += ", ?";
  }
  database.execute("BEGIN");
  database.execute(fmt::format("CREATE TABLE points ({}, error TEXT)", columns));
  database.execute(
      "CREATE TABLE provenance (\"index\" INTEGER PRIMARY KEY, version TEXT, host TEXT, "
      "seconds REAL)");
  Database::Statement point(database, fmt::format("INSERT INTO points VALUES ({}, ?)", marks));
  Database::Statement provenance(database, "INSERT INTO provenance VALUES (?, ?, ?, ?)");
  for (const Row& row : table.rows) {
    point.bind(static_cast<std::int64_t>(row.index));
    point.bind(row.id);
    for (const auto& [name, value] : row.settings) point.bind(shown(value));
    for (const ResultColumn& column : result_columns()) {
      const auto found = row.results.find(column.name);
      if (found == row.results.end()) {
        point.bind_null();
      } else {
        bind_value(point, *found);
      }
    }
    if (row.error.empty()) {
      point.bind_null();
    } else {
      point.bind(row.error);
    }
    point.step();
    provenance.bind(static_cast<std::int64_t>(row.index));
    provenance.bind(row.version);
    provenance.bind(row.host);
    provenance.bind(row.seconds);
    provenance.step();
  }
  database.execute("COMMIT");
}

}  // namespace

void write_sqlite(const Table& table, const std::filesystem::path& path) {
  // Beside the final name first, so that a reader sees the old table or the whole new one.
  const std::filesystem::path part = path.string() + ".part";
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  try {
    Database database(part);
    fill(database, table);
  } catch (...) {
    std::filesystem::remove(part, ignored);
    throw;
  }
  std::error_code error;
  std::filesystem::rename(part, path, error);
  if (error) throw file_error(path.string(), "cannot be written", error.message(), "");
}

}  // namespace colcomb::exploration
