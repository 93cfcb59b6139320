#pragma once
#include "node/office/books.h"
#include "node/store/directory.h"
#include "node/store/records.h"

namespace yz::node {

/// The desk's books in the database.
class StoreBooks final : public Books {
 public:
  StoreBooks(Store& store, Directory& directory, std::int64_t utc_offset_minutes, bool gravest_to_all)
      : store_(store),
        directory_(directory),
        utc_offset_minutes_(utc_offset_minutes),
        gravest_to_all_(gravest_to_all) {}

  Result<> write(const std::function<Result<>()>& work) override;
  Result<HomeOffice> home() override;
  Result<sync::Hlc> tick(sync::Millis now) override;
  Result<std::optional<Draft>> draft(std::int64_t matter) override;
  Result<CaseFile> case_file(std::int64_t matter) override;
  Result<Original> original(std::int64_t matter, const std::optional<RecordId>&) override;
  Result<std::vector<Enclosed>> enclosed(std::int64_t matter, const RecordId&) override;
  Result<Original> manifest_record(const Manifest&) override;
  Result<std::optional<sync::ReleasedRecord>> our_forward(std::int64_t matter) override;
  Result<std::vector<ActEntry>> acts(std::int64_t matter) override;
  Result<bool> below(const OfficeId&) override;
  Result<CommissionFile> commission(std::int64_t matter, sync::Millis now) override;
  Result<std::optional<std::int64_t>> matter_of(const CaseId&) override;
  Result<> each_own(sync::Millis since, const std::function<bool(std::string_view)>&) override;
  Result<> keep(Draft&, sync::Millis now) override;
  Result<> drop(const Draft&, const std::optional<RecordId>& into, sync::Millis now) override;
  Result<std::int64_t> release(const sync::ReleasedRecord&, std::int64_t notes, sync::Millis now) override;
  Result<std::string> next_number(std::string_view office_name, bool exercise, sync::Millis now) override;
  Result<> hold(std::int64_t matter, std::span<const OfficeId> but, sync::Millis until) override;
  Result<> let_go(const sync::AttachmentId&, std::span<const OfficeId> destinations) override;
  Result<> hand_on(const Manifest&, std::span<const OfficeId> destinations) override;
  Result<> journal(const Person&, std::string_view action, const CaseId&, std::string_view detail,
                   sync::Millis now) override;

 private:
  Result<> create(Draft&, sync::Millis now);
  Store& store_;
  Directory& directory_;
  std::int64_t utc_offset_minutes_;
  bool gravest_to_all_;
};

Person person_of(const OfficerRow&);
/// The same with what they may do in the place of somebody who is away now.
Result<Person> acting_person(Store&, const OfficerRow&, sync::Millis now);

}  // namespace yz::node
