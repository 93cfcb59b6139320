#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "node/office/casualties.h"
#include "node/office/rules_compiled.h"

namespace yz::node {
namespace {

/// A text that a rule looks at, and the whole one that it is a piece of: offsets count in that.
struct Part {
  std::string_view key, text, whole;
};

class Run {
 public:
  Run(const Rules& rules, const std::map<std::string_view, const FieldSpec*>& specs, const Report& report,
      const Context& context)
      : rules_(rules), specs_(specs), report_(report), context_(context) {
    title_ = valid_utf8(report.title) ? std::string_view(report.title) : std::string_view();
    body_ = valid_utf8(report.body) ? std::string_view(report.body) : std::string_view();
  }

  std::vector<Finding> take() { return std::move(out_); }

  /// What no data can change: sizes, UTF-8, hidden characters.
  void limits() {
    auto text = [&](std::string_view key, std::string_view s) {
      if (auto at = bad_utf8_at(s)) {
        hard("L03", "文字不是有效的UTF-8编码", "the text is not valid UTF-8", key);
        out_.back().zh += "：" + std::string(key) + "，第" + std::to_string(*at) + "字节";
        out_.back().en += ": " + std::string(key) + ", byte " + std::to_string(*at);
        return;
      }
      std::size_t at = 0, first = 0, count = 0;
      each_character(s, [&](char32_t c, std::size_t, std::size_t) {
        // A title is one line, wherever it is listed.
        const bool breaks = key == "title" && (c == '\n' || c == '\r' || c == '\t');
        if ((breaks || is_hidden_control(c)) && count++ == 0) first = at;
        ++at;
      });
      if (count > 0)
        out_.push_back({"U01", Severity::warning, Blocks::routine, "含看不见的控制字符，显示顺序可能被改变",
                        "invisible control characters can change how the text reads", std::string(key), first, 1});
    };
    text("title", report_.title);
    text("body", report_.body);
    for (const auto& [key, value] : report_.fields.values) {
      if (!valid_utf8(key))
        hard("L03", "字段名不是有效的UTF-8编码", "a field's name is not valid UTF-8", "");
      else if (const auto* s = std::get_if<std::string>(&value)) {
        text(key, *s);
        if (s->size() > kFieldBytesMax) hard("L04", "字段文字过长", "a field's text is too long", key);
      }
    }
    for (const std::string& name : context_.attachments) text("attachments", name);
    if (characters(report_.title) > kTitleCharactersMax)
      hard("L01", "标题超过200字", "the title is longer than 200 characters", "title");
    if (report_.body.size() > kBodyBytesMax) hard("L02", "正文超过200KiB", "the body is larger than 200 KiB", "body");
  }

  void apply(const CompiledRule& compiled, Stage stage) {
    c_ = &compiled;
    const Rule& r = compiled.rule;
    switch (r.check) {
      case Check::length:
        return length();
      case Check::forbid_regex:
        return forbid_regex();
      case Check::forbid_regex_unless:
        return forbid_regex();
      case Check::require_regex:
        return require_regex();
      case Check::count_regex:
        return count_regex();
      case Check::required_fields:
        return required_fields(stage);
      case Check::unknown_needs_note:
        return unknown_needs_note(stage);
      case Check::time_order:
        return time_order();
      case Check::title_has_casualties:
        return title_has_casualties();
      case Check::title_in_body:
        return title_in_body();
      case Check::sentence_length:
        return sentence_length();
      case Check::sequence:
        return sequence();
      case Check::decrease_needs_reason:
        return decrease_needs_reason();
      case Check::level_matches_thresholds:
        return level_matches_thresholds();
      case Check::numbers_agree:
        return numbers_agree();
      case Check::forbid_id_number:
        return forbid_id_number();
      case Check::signed_within:
        return signed_within();
      case Check::parent_exists:
        if (!context_.first_report_present) add("parent_report_id");
        return;
      case Check::before_due:
        if (context_.due_at_ms && context_.now_ms > *context_.due_at_ms) add("");
        return;
      case Check::similar_to_own:
        return similar_to_own();
    }
  }

 private:
  // -- findings --

  void hard(std::string_view id, std::string_view zh, std::string_view en, std::string_view field) {
    out_.push_back({std::string(id), Severity::error, Blocks::drafts_too, std::string(zh), std::string(en),
                    std::string(field), 0, 0});
  }
  void add(std::string_view field, std::size_t offset = 0, std::size_t length_chars = 0) {
    const Rule& r = c_->rule;
    out_.push_back({r.id, r.severity, r.blocks, r.zh, r.en, std::string(field), offset, length_chars});
  }
  /// With the field's name behind the message.
  void add_field(std::string_view key) {
    add(key);
    auto spec = specs_.find(key);
    out_.back().zh += "：" + (spec == specs_.end() ? std::string(key) : spec->second->zh);
    out_.back().en += ": " + (spec == specs_.end() ? std::string(key) : spec->second->en);
  }
  void add_hit(const Part& part, std::size_t begin, std::size_t end) {
    const std::size_t shift = static_cast<std::size_t>(part.text.data() - part.whole.data());
    add(part.key, characters(part.whole.substr(0, shift + begin)), characters(part.text.substr(begin, end - begin)));
  }

  // -- patterns --

  bool find(const Pattern& p, std::string_view valid, std::size_t from, Hit& hit) {
    const Found found = p.find(scratch_, valid, from, hit);
    if (found == Found::gave_up) {
      const Rule& r = c_->rule;
      if (gave_up_.insert(r.id).second)
        out_.push_back({r.id, Severity::warning, Blocks::routine, "未能完成检查：" + r.zh,
                        "could not be checked to the end: " + r.en, "", 0, 0});
    }
    return found == Found::yes;
  }
  bool matches(const Pattern& p, std::string_view valid) {
    Hit hit;
    return find(p, valid, 0, hit);
  }
  /// The character after an empty match, the end of any other: so that a loop moves on.
  static std::size_t after(std::string_view valid, const Hit& hit) {
    if (hit.end > hit.begin) return hit.end;
    if (hit.end >= valid.size()) return valid.size() + 1;
    return hit.end + std::max<std::size_t>(1, sequence_at(valid.substr(hit.end)));
  }

  std::vector<Part> parts() const {
    std::vector<Part> out;
    for (const std::string& name : c_->rule.in) {
      if (name == "title") out.push_back({"title", title_, title_});
      if (name == "body") out.push_back({"body", body_, body_});
      if (name == "body_last_sentence") out.push_back({"body", last_sentence(body_), body_});
      if (name == "fields")
        for (const auto& [key, value] : report_.fields.values)
          if (const auto* s = std::get_if<std::string>(&value); s && valid_utf8(*s)) out.push_back({key, *s, *s});
      if (name == "attachments")
        for (const std::string& s : context_.attachments)
          if (valid_utf8(s)) out.push_back({"attachments", s, s});
    }
    return out;
  }

  static bool ends_sentence(char32_t c) {
    return c == U'。' || c == U'！' || c == U'？' || c == U'；' || c == '!' || c == '?' || c == '\n';
  }
  /// Calls f(first byte, end byte, characters without space) for each sentence with something in it.
  template <class F>
  static void each_sentence(std::string_view valid, F f) {
    std::size_t begin = 0, count = 0;
    each_character(valid, [&](char32_t c, std::size_t at, std::size_t n) {
      if (ends_sentence(c)) {
        if (count > 0) f(begin, at, count);
        begin = at + n, count = 0;
      } else if (!is_space(c)) {
        ++count;
      }
    });
    if (count > 0) f(begin, valid.size(), count);
  }
  static std::string_view last_sentence(std::string_view valid) {
    std::string_view last = valid.substr(valid.size());
    each_sentence(valid, [&](std::size_t b, std::size_t e, std::size_t) { last = valid.substr(b, e - b); });
    return last;
  }

  // -- the checks --

  void length() {
    for (const Part& p : parts()) {
      const auto n = static_cast<std::int64_t>(characters_without_space(p.text));
      if (n < c_->rule.min || n > c_->rule.max) add(p.key);
    }
  }
  void forbid_regex() {
    for (const Part& p : parts()) {
      Hit hit;
      if (!find(*c_->regex, p.text, 0, hit)) continue;
      if (c_->unless && matches(*c_->unless, p.text)) continue;
      add_hit(p, hit.begin, hit.end);
    }
  }
  void require_regex() {
    for (const Part& p : parts())
      if (!matches(*c_->regex, p.text)) add(p.key);
  }
  void count_regex() {
    for (const Part& p : parts()) {
      std::int64_t n = 0;
      Hit hit;
      for (std::size_t from = 0; find(*c_->regex, p.text, from, hit); from = after(p.text, hit))
        if (++n > c_->rule.max) {
          add_hit(p, hit.begin, hit.end);
          break;
        }
    }
  }

  /// Filled in by a person, or known to the node. "unknown" counts: that it is said is what matters (R02 looks at it).
  bool present(std::string_view key) const {
    if (const Value* v = report_.fields.find(key)) {
      const auto* s = std::get_if<std::string>(v);
      if (!s || (valid_utf8(*s) && !trimmed(*s).empty())) return true;
    }
    auto spec = specs_.find(key);
    const Context& c = context_;
    switch (spec == specs_.end() ? FieldSource::person : spec->second->source) {
      case FieldSource::person:
        return false;
      case FieldSource::title:
        return characters_without_space(title_) > 0;
      case FieldSource::body:
        return characters_without_space(body_) > 0;
      case FieldSource::kind:
      case FieldSource::lane:
      case FieldSource::grade:
      case FieldSource::sensitivity:
        return true;
      case FieldSource::occurred_at:
        return report_.occurred_at.has_value();
      case FieldSource::office:
        return !c.reporting_office.empty();
      case FieldSource::drafter:
        return !c.drafter.empty();
      case FieldSource::reviewer:
        return !c.reviewer.empty() || (c.one_person && !c.drafter.empty());
      case FieldSource::signer:
        return signer_known();
      case FieldSource::contact:
        return !c.contact.empty();
      case FieldSource::sequence:
      case FieldSource::parent:
        return c.first_report_present;
      case FieldSource::attachments:
        return !c.attachments.empty();
    }
    return false;
  }
  bool signer_known() const { return !context_.signer.empty() || (context_.one_person && !context_.drafter.empty()); }
  bool unknown(std::string_view key) const { return report_.fields.text(key) == kUnknown; }

  template <class F>
  void each_needed(Stage stage, Need need, F f) const {
    for (const auto& [key, spec] : specs_)
      if (spec->classes.empty() && spec->need[static_cast<std::size_t>(stage)] == need) f(key);
    const IncidentTypes::Type* type = rules_.incident_type(report_.fields.text("incident_type"));
    if (!type) return;
    for (const ClassNeed& n : rules_.data().templates.class_needs)
      if (n.stage == stage && n.need == need && (n.class_code == type->class_code || n.class_code == type->code))
        f(n.field);
  }

  void required_fields(Stage stage) {
    // A field that several rules ask for is named once, by the first.
    auto want = [&](std::string_view key) {
      if (!present(key) && missing_.insert(std::string(key)).second) add_field(key);
    };
    // Who writes can do nothing about a signature that is yet to come, and an urgent report goes without it (先报后签):
    // whether it was reviewed and signed is asked by R05 and R06, which name it as what it is.
    auto unless_by_signing = [&](std::string_view key) {
      auto spec = specs_.find(key);
      const FieldSource source = spec == specs_.end() ? FieldSource::person : spec->second->source;
      if (source != FieldSource::signer && source != FieldSource::reviewer) want(key);
    };
    if (!c_->rule.by_template.empty()) each_needed(stage, Need::required, unless_by_signing);
    for (const std::string& key : c_->rule.fields) want(key);
  }
  void unknown_needs_note(Stage stage) {
    if (matches(*c_->regex, body_)) return;
    each_needed(stage, Need::if_known, [&](std::string_view key) {
      if (!present(key) || unknown(key)) add_field(key);
    });
    each_needed(stage, Need::required, [&](std::string_view key) {
      if (unknown(key)) add_field(key);
    });
  }

  void time_order() {
    std::optional<std::int64_t> before;
    std::string_view before_key;
    for (const std::string& key : c_->rule.fields) {
      std::optional<std::int64_t> at = key == "now" ? (context_.now_ms ? std::optional(context_.now_ms) : std::nullopt)
                                       : key == "occurred_at" ? report_.occurred_at
                                                              : report_.fields.count(key);
      if (!at) continue;
      // Offices' clocks differ by minutes; two times written down by one person do not.
      const std::int64_t slack = key == "now" ? c_->rule.minutes * 60'000 : 0;
      if (before && *before - slack > *at) add_field(before_key);
      before = at, before_key = key;
    }
  }

  void title_has_casualties() {
    for (const std::string& key : c_->rule.fields)
      if (report_.fields.count(key).value_or(0) > 0) {
        if (!matches(*c_->regex, title_)) add("title");
        return;
      }
  }

  void title_in_body() {
    auto each_pair = [](std::string_view valid, auto f) {
      char32_t last = 0;
      each_character(valid, [&](char32_t c, std::size_t, std::size_t) {
        const bool word = is_word(c);
        if (word && last) f(static_cast<std::uint64_t>(last) << 32 | c);
        last = word ? c : 0;
      });
    };
    std::unordered_map<std::uint64_t, std::size_t> left;  // pairs of the title not found yet, and how often it has each
    std::size_t all = 0, both = 0;
    each_pair(title_, [&](std::uint64_t pair) { ++left[pair], ++all; });
    if (all == 0 || body_.empty()) return;
    // Words may be told in many ways; figures may not.
    if (const std::string differ = casualties_differ(title_, body_); !differ.empty()) {
      add("title");
      out_.back().zh += "：" + differ;
      out_.back().en += ": " + differ;
      return;
    }
    each_pair(body_, [&](std::uint64_t pair) {
      const auto at = left.find(pair);
      if (at == left.end()) return;
      both += at->second;
      left.erase(at);
    });
    if (static_cast<double>(both) < c_->rule.share * static_cast<double>(all)) {
      add("title");
      out_.back().zh += "：标题的词语正文里几乎没有";
      out_.back().en += ": the text has almost none of the title's words";
    }
  }

  void sentence_length() {
    for (const Part& p : parts()) {
      std::size_t begin = 0, end = 0;
      each_sentence(p.text, [&](std::size_t b, std::size_t e, std::size_t n) {
        if (end == 0 && static_cast<std::int64_t>(n) > c_->rule.max) begin = b, end = e;
      });
      if (end > 0) add_hit(p, begin, end);
    }
  }

  void sequence() {
    if (auto n = report_.fields.count("sequence_no"); n && *n != context_.last_sequence + 1) add("sequence_no");
  }

  void decrease_needs_reason() {
    const std::string_view reason = report_.fields.text(c_->rule.reason_field);
    if (!reason.empty() && reason != kUnknown) return;
    for (const std::string& key : c_->rule.fields) {
      const auto was = context_.previous.measure(key), is = report_.fields.measure(key);
      if (was && is && *is < *was && !matches(*c_->regex, body_)) add_field(key);
    }
  }

  void level_matches_thresholds() {
    const auto stated = incident_level_from(report_.fields.text("level"));
    if (!stated) return;
    const IncidentLevel graded = rules_.grade(report_.fields.text("incident_type"), report_.fields);
    if (*stated >= graded) return;
    add("level");
    static constexpr std::string_view kGradeNames[] = {"未定级", "一般", "较大", "重大", "特别重大"};
    out_.back().zh += "：应为" + std::string(kGradeNames[static_cast<std::size_t>(graded)]);
    out_.back().en += ": should be " + std::string(to_string(graded));
  }

  void numbers_agree() {
    struct Seen {
      bool agrees = false;
      std::optional<Hit> other;
    };
    std::map<std::string_view, Seen> seen;
    const Part body{"body", body_, body_};
    for (const auto& [key, pattern] : c_->numbers) {
      const auto field = report_.fields.count(key);
      if (!field) continue;
      Seen& s = seen[key];
      Hit hit;
      for (std::size_t from = 0; !s.agrees && find(pattern, body_, from, hit); from = after(body_, hit)) {
        const auto n = number_in(body_.substr(hit.group_begin, hit.group_end - hit.group_begin));
        if (!n) continue;
        if (*n == *field)
          s.agrees = true;
        else if (!s.other)
          s.other = hit;
      }
    }
    for (const auto& [key, s] : seen)
      if (!s.agrees && s.other) {
        add_hit(body, s.other->begin, s.other->end);
        out_.back().zh += "：" + (specs_.contains(key) ? specs_.at(key)->zh : std::string(key));
        out_.back().en += ": " + (specs_.contains(key) ? specs_.at(key)->en : std::string(key));
      }
  }

  void forbid_id_number() {
    for (const Part& p : parts()) {
      Hit hit;
      for (std::size_t from = 0; find(*c_->regex, p.text, from, hit); from = after(p.text, hit))
        if (is_id_number(p.text.substr(hit.begin, hit.end - hit.begin))) {
          add_hit(p, hit.begin, hit.end);
          break;
        }
    }
  }

  void signed_within() {
    const Context& c = context_;
    if (c.signed_at_ms) {
      if (c.sent_at_ms && *c.signed_at_ms - *c.sent_at_ms > c_->rule.minutes * 60'000) add("signer");
    } else if (!signer_known()) {
      add("signer");
    }
  }

  void similar_to_own() {
    if (!context_.each_own || body_.empty()) return;
    const auto mine = shingles(body_);
    bool same = false;
    context_.each_own(c_->rule.days, [&](std::string_view other) {
      same = valid_utf8(other) && shared(mine, shingles(other)) >= c_->rule.share;
      return !same;
    });
    if (same) add("body");
  }

  const Rules& rules_;
  const std::map<std::string_view, const FieldSpec*>& specs_;
  const Report& report_;
  const Context& context_;
  std::string_view title_, body_;  ///< empty when they are no UTF-8
  const CompiledRule* c_ = nullptr;
  Scratch scratch_;
  std::set<std::string> missing_, gave_up_;
  std::vector<Finding> out_;
};

}  // namespace

std::vector<Finding> find_amiss(const Rules& rules, const std::vector<CompiledRule>& compiled,
                                const std::map<std::string_view, const FieldSpec*>& specs, Stage stage,
                                const Report& report, const Context& context) {
  Run run(rules, specs, report, context);
  run.limits();
  const std::size_t kind = static_cast<std::size_t>(report.kind);
  if (kind >= decltype(Rule::kinds){}.size()) return run.take();
  for (const CompiledRule& c : compiled)
    if (c.rule.kinds.test(kind)) run.apply(c, stage);
  return run.take();
}

}  // namespace yz::node
