#include "node/store/schema.h"

#include <array>

namespace yz::node {
namespace {

// Times are ms since 1970, ids are blobs of their fixed length. SCHEMA.md says what each table is for.
constexpr std::string_view kMain1 = R"sql(
create table meta(
  key text primary key not null,
  value blob not null) strict, without rowid;
create table secret(
  name text not null,            -- node, archive, box, nonce
  number integer not null,       -- newest first for box keys
  value blob not null,
  until_ms integer not null default 0,
  primary key(name, number)) strict, without rowid;

create table office(
  id blob primary key not null,
  code text not null, name text not null, level integer not null,
  superior blob not null,
  certificate blob,              -- null: heard of in an invitation only
  one_person integer not null default 0,
  state integer not null default 0,   -- 0 known, 1 admitted below us, 2 superior, 3 ourselves, 9 revoked
  at_ms integer not null) strict, without rowid;
create index office_code on office(code);
create table node(
  id blob primary key not null,
  office blob not null, name text not null, key blob not null,
  certificate blob not null, digest blob not null,
  state integer not null default 0,   -- 0 good, 9 revoked
  at_ms integer not null) strict, without rowid;
create table officer(
  digest blob primary key not null,   -- of the certificate: what a signature names
  person blob not null, office blob not null, name text not null, phone text not null default '',
  roles integer not null, key blob not null, certificate blob not null,
  state integer not null default 0,   -- 0 active, 1 suspended, 2 retired, 9 revoked
  seen integer not null default 1,    -- 0: admitted automatically, nobody has looked yet
  at_ms integer not null) strict, without rowid;
create index officer_office on officer(office, name);
create table root(
  version integer primary key not null,
  bytes blob not null, digest blob not null,
  confirmed integer not null default 0) strict;
create table node_list(
  office blob primary key not null,
  version integer not null, bytes blob not null) strict, without rowid;
create table invitation(
  id blob primary key not null,
  code blob not null, office_code text not null, name text not null, level integer not null,
  flags integer not null, urls text not null, made_ms integer not null, until_ms integer not null,
  tries integer not null default 0,
  used_by blob) strict, without rowid;

create table link(
  peer blob primary key not null,
  office blob not null,
  upward integer not null,            -- 1: our superior, 0: below us
  urls text not null default '',      -- one a line
  pin text not null default '',
  peer_key blob not null,
  peer_epoch blob not null,
  heard integer not null default 0, peer_heard integer not null default 0,
  nonces blob not null default x'',
  nonce_next integer not null default 1, nonce_base integer not null default 1,
  nonce_used blob not null default x'0000000000000000',
  rate_bps integer not null default 0,
  last_contact_ms integer not null default 0) strict, without rowid;

create table matter(                  -- a case: 事项
  row integer primary key,
  case_id blob unique not null,
  office blob not null,               -- origin
  own integer not null,
  kind integer not null, lane integer not null,
  state integer not null,
  title text not null,
  occurred_ms integer, signed_ms integer, received_ms integer,
  number text not null default '',    -- 柳河镇〔2026〕12号
  verified integer not null default 1,
  flags integer not null default 0,
  conflict integer not null default 0,
  attachments integer not null default 0,
  changed_ms integer not null) strict;
create index matter_lane on matter(lane, row);
create index matter_state on matter(state, row);
create index matter_office on matter(office, row);
create table draft(
  matter integer primary key references matter(row),
  report blob not null,               -- the body's JSON as it would be signed
  drafter blob not null,              -- person
  note text not null default '',      -- why it was returned
  content blob,                       -- once submitted: the record's content that people sign
  signatures blob not null default x'',
  changed_ms integer not null) strict;
create table record(
  row integer primary key,
  id blob unique not null,
  matter integer not null references matter(row),
  type integer not null, office blob not null, lane integer not null,
  hlc integer not null,
  at_ms integer not null,             -- when we stored it
  own integer not null,
  bytes blob not null,                -- as signed: content and signature block
  verified integer not null,          -- 1 signatures and path good
  flags integer not null default 0,
  quarantine integer not null default 0,  -- a Refusal; 0 = good
  envelope integer) strict;           -- the received one it came in
create index record_matter on record(matter, row);
create table parent(
  child blob not null, parent blob not null,
  primary key(child, parent)) strict, without rowid;
create index parent_of on parent(parent);
create table number(
  office blob not null, year integer not null, last integer not null,
  primary key(office, year)) strict, without rowid;
create virtual table words using fts5(title, body, content='', tokenize='cjk1');

create table delivery(                -- a record's way to one destination
  row integer primary key,
  record integer not null references record(row),
  destination blob not null,
  lane integer not null,
  envelope integer,                   -- null: waits to be cut
  state integer not null default 0,   -- 0 waiting, 1 cut, 2 stored there, 3 opened there, 8 refused, 9 fits no envelope
  refusal integer not null default 0,
  at_ms integer not null, done_ms integer not null default 0,
  unique(record, destination)) strict;
create index delivery_waiting on delivery(destination, lane, row) where envelope is null;
create index delivery_envelope on delivery(envelope) where envelope is not null;
create index delivery_state on delivery(lane, state);
create table stream(
  row integer primary key,
  id blob unique not null,
  author blob not null, node blob not null, incarnation blob not null,
  destination blob not null, lane integer not null,
  own integer not null,
  tip integer not null default 0,     -- own: newest number given; received: highest without a gap
  chain blob not null,                -- chain value at tip
  stored integer not null default 0,  -- own: the destination's stored receipt covers up to here
  opened integer not null default 0,
  forked integer not null default 0) strict;
create table envelope(
  row integer primary key,
  stream integer not null references stream(row),
  seq integer not null, hash blob not null,
  own integer not null,
  bytes blob not null, size integer not null,
  state integer not null default 0,   -- own: 0 waits for a stored receipt, 2 stored; received: 0 unopened, 2 opened, 8 refused
  refusal integer not null default 0,
  records integer not null default 0,
  peer blob not null,                 -- own: the neighbour it goes by; received: the one it came by
  at_ms integer not null, done_ms integer not null default 0,
  unique(stream, seq, hash)) strict;
create index envelope_waiting on envelope(peer, row) where own = 1 and state = 0;
create index envelope_unopened on envelope(row) where own = 0 and state = 0;
create table part(
  peer blob not null, stream blob not null, seq integer not null, lane integer not null,
  total integer not null, offset integer not null, bytes blob not null, at_ms integer not null,
  primary key(peer, stream, seq, offset)) strict;
create table control(                 -- what we tell neighbours in the clear, newest only, numbered by change
  key blob primary key not null,
  peer blob not null,                 -- empty: everybody
  number integer unique not null,
  type integer not null, bytes blob not null) strict;
create index control_peer on control(peer, number);
create table statement(               -- what others said, newest only
  key blob primary key not null,
  kind integer not null, office blob not null, node blob not null,
  epoch blob not null, hlc integer not null, unix_ms integer not null, digest blob not null,
  stream blob not null default x'',   -- receipts: the stream's id
  bytes blob not null) strict, without rowid;
create index statement_stream on statement(stream);
create table refused(                 -- what we refuse of a received stream: told in its receipts
  stream integer not null, seq integer not null, record blob not null, why integer not null,
  primary key(stream, seq, record)) strict, without rowid;

create table introduced(              -- certificates and anchors that went inside an envelope
  destination blob not null, digest blob not null, envelope integer not null,
  primary key(destination, digest, envelope)) strict, without rowid;

create table journal(
  row integer primary key,
  at_ms integer not null,
  actor text not null, action text not null, subject text not null, detail text not null,
  hash blob not null) strict;
create table alarm(
  row integer primary key,
  code text not null, message text not null, office text not null, at_ms integer not null,
  seen integer not null default 0,
  unique(code, message, office)) strict;
)sql";

// What stands last in a case is found without looking at all that came before it.
constexpr std::string_view kMainHeads = R"sql(
alter table record add column replaced integer not null default 0;
update record set replaced = exists(
  select 1 from parent p join record c on c.id = p.child join matter m on m.row = c.matter
  where p.parent = record.id and c.matter = record.matter and c.quarantine = 0 and c.type in (1, 2, 3, 4, 5, 10, 14)
    and (c.office = record.office or c.office = m.office));
create index record_head on record(matter, office, hlc, id)
  where replaced = 0 and quarantine = 0 and type in (1, 2, 3, 4, 5, 10, 14);
)sql";

constexpr std::string_view kBlob1 = R"sql(
create table attachment(
  row integer primary key,
  id blob unique not null,            -- the tag on the wire
  own integer not null,
  author blob not null,               -- node
  destination blob not null,
  count integer not null,             -- chunks
  have integer not null default 0,
  complete integer not null default 0,
  ready integer not null default 0,   -- own: the manifest was signed, chunks may leave
  at_ms integer not null) strict;
create table chunk(
  row integer primary key,
  attachment integer not null references attachment(row),
  position integer not null,
  bytes blob not null,                -- the signed frame
  size integer not null,
  state integer not null default 0,   -- own: 0 waits, 2 stored at the destination
  unique(attachment, position)) strict;
create index chunk_waiting on chunk(row) where state = 0;
)sql";

// Restores: what a neighbour asks back of what it once sent us, and what came back of ours.
constexpr std::string_view kMainRestore = R"sql(
alter table envelope add column back integer not null default 0;  -- 1 its author asks for it back; 2 ours, came back
create index envelope_back on envelope(peer, row) where back = 1;
create index envelope_returned on envelope(row) where own = 1 and state = 4;
create index envelope_earlier on envelope(peer) where own = 1 and state = 1;
)sql";

// Envelopes that go by somebody else: own = 2 is what we carry for others, and of both kinds `carry` says by which
// neighbours it goes.
constexpr std::string_view kMainCarry = R"sql(
create table carry(
  envelope integer not null references envelope(row),
  peer blob not null,                 -- the neighbour it is handed to
  state integer not null default 0,   -- 0 waits, 1 it says that it has it
  primary key(envelope, peer)) strict, without rowid;
create index carry_waiting on carry(peer, envelope) where state = 0;
create index envelope_on_way on envelope(row) where own = 2 and state = 0;
create index envelope_carried on envelope(done_ms) where own = 2 and state = 2 and size > 0;
)sql";

// What somebody keeps from us shows (protocol 8): since when a stream lacks what a head or a relay's receipt names,
// when a statement came, and since when a neighbour has been in contact without a break.
constexpr std::string_view kMainWatch = R"sql(
alter table statement add column at_ms integer not null default 0;
alter table stream add column missing_ms integer not null default 0;   -- 0: nothing is missing
alter table stream add column missing_tip integer not null default 0;  -- where it stood then
alter table link add column contact_since_ms integer not null default 0;
create index statement_kind on statement(kind, office);
)sql";

// Chunks for offices further away, and for others: which destinations anything waits for is found without a look at
// all that ever went. chunk.state 1: the next neighbour on the way has it.
constexpr std::string_view kBlobCarry = R"sql(
alter table attachment add column done integer not null default 0;
update attachment set done = 1 where own = 0
  or (ready = 1 and not exists(select 1 from chunk c where c.attachment = attachment.row and c.state <> 2));
create index attachment_open on attachment(destination) where done = 0 and ready = 1;
)sql";

// Keys end: revocations, what was known of a stream when one came, certificates that newer ones replaced.
constexpr std::string_view kMainRevocation = R"sql(
create table revocation(
  row integer primary key,
  target integer not null,            -- 1 office, 2 node, 3 officer
  subject blob not null, certificate blob not null,
  why integer not null,               -- 1 retired, 2 compromised
  since_ms integer not null,
  authority blob not null,
  body blob unique not null,          -- as signed
  known_ms integer not null,          -- when it came here
  applied integer not null default 0, -- 0: its subject's certificate has not come yet
  reason text not null default '') strict;
create index revocation_subject on revocation(subject);
create table witness(
  row integer primary key,
  stream blob not null, seq integer not null, chain blob not null, at_ms integer not null,
  unique(stream, seq, chain)) strict;
create table released(
  record blob primary key not null, officer text not null, at_ms integer not null) strict, without rowid;
create table past_certificate(
  bytes blob primary key not null, office blob not null, at_ms integer not null) strict, without rowid;
create index past_certificate_office on past_certificate(office);
alter table envelope add column witnessed integer not null default 0;
alter table officer add column ended_ms integer not null default 0;
create table past_node(               -- keys that a node had before: what it sealed with them still comes
  node blob not null, key blob not null, certificate blob not null, at_ms integer not null,
  primary key(node, key)) strict, without rowid;
alter table office add column suspended integer not null default 0;
alter table link add column refusal text not null default '';
alter table link add column peer_key_before blob;
)sql";

// Superiors that were asked to register us and have not answered yet.
constexpr std::string_view kMainLines = R"sql(
create table registration(
  superior blob primary key not null,
  invitation text not null,           -- the line YZ1-...
  request blob not null,              -- sent again until it is answered
  made_ms integer not null) strict, without rowid;
)sql";

// An attachment goes to several addressees: the same ciphertext, signed for each. Chunks stay where they are: what they
// refer to is gone and comes back within this transaction.
constexpr std::string_view kBlobAddressees = R"sql(
pragma defer_foreign_keys=on;
create table attachment_kept as select * from attachment;
drop table attachment;
create table attachment(
  row integer primary key,
  id blob not null,                   -- the tag on the wire
  own integer not null,
  author blob not null,               -- node
  destination blob not null,
  count integer not null,             -- chunks
  have integer not null default 0,
  complete integer not null default 0,
  ready integer not null default 0,   -- own: the manifest was signed, chunks may leave
  at_ms integer not null,
  done integer not null default 0,    -- 1: every chunk is at the destination, or it came to us
  unique(id, destination)) strict;
insert into attachment(row, id, own, author, destination, count, have, complete, ready, at_ms, done)
  select row, id, own, author, destination, count, have, complete, ready, at_ms, done
  from attachment_kept;
drop table attachment_kept;
create index attachment_open on attachment(destination) where done = 0 and ready = 1;
)sql";

// What other machines of our office asked us for, by the chunk receipts that say what they have.
constexpr std::string_view kBlobCopies = R"sql(
create table chunk_copy(
  id blob not null, peer blob not null,
  epoch blob not null,                -- of the peer's store when it said so
  total integer not null,
  held blob not null,                 -- ranges, 4 + 4 bytes each, half-open
  done integer not null,
  primary key(id, peer)) strict, without rowid;
create index chunk_copy_open on chunk_copy(peer) where done = 0;
)sql";

// Flash reports told in a typed code before they came themselves.
constexpr std::string_view kMainNotices = R"sql(
create table notice(
  row integer primary key,
  bytes blob unique not null,         -- as signed
  node blob not null, office blob not null,
  first blob not null, last blob not null,  -- the record's id lies between
  taken_by text not null,
  at_ms integer not null) strict;
)sql";

// What shows that a receipt was dated back (floor.h).
constexpr std::string_view kMainFloor = R"sql(
alter table envelope add column floor blob not null default x'';
create index statement_node on statement(node, hlc);
)sql";

// What stands for everything told up to a number, so that a neighbour's word of what it heard can be compared. What
// was told before is not known: everything is said again once.
constexpr std::string_view kMainTold = R"sql(
create table told(
  number integer primary key,
  value blob not null) strict;        -- of all control items up to this number, each hashed onto the one before
insert into told select max(number), x'0000000000000000' from control having max(number) is not null;
alter table link add column heard_marks blob not null default x'';
update link set heard = 0, peer_heard = 0;  -- heard_marks says it from now on
)sql";

// What offices consented to: another key, another superior.
constexpr std::string_view kMainConsent = R"sql(
create table consent(
  row integer primary key,
  office blob not null,
  old_key blob not null, new_key blob not null,
  before blob not null, after blob not null,  -- superiors
  serial integer not null, list_serial integer not null,
  core blob unique not null,          -- one consent, whatever the list
  body blob not null,                 -- as signed
  known_ms integer not null) strict;
create index consent_office on consent(office, old_key);
)sql";

// Several machines of one office (protocol 8): what they hand each other, and who has confirmed a further one.
constexpr std::string_view kMainMachines = R"sql(
alter table node add column confirmed integer not null default 1;  -- 0: a further machine, its superior has not said yes
alter table envelope add column copy integer not null default 0;   -- ours, by another machine: 1 unopened, 2 opened, 3 waits
create index envelope_copy on envelope(row) where copy = 1;
create index envelope_copied on envelope(row) where copy > 0 and state = 0;
create table further_wrap(
  envelope blob primary key not null,  -- hash
  wrap blob not null) strict, without rowid;
create table machine(                  -- another machine of our office that we took in
  node blob primary key not null,
  officer blob not null,               -- the certificate that was made for it
  copied integer not null default 0) strict, without rowid;  -- row of the newest envelope of before that it is given
alter table invitation add column officer text not null default '';
alter table invitation add column roles integer not null default 0;
)sql";

// Drafts as all machines of the office work on them, and what they told each other (protocol 10).
constexpr std::string_view kMainDrafts = R"sql(
create table draft_case(
  case_id blob primary key not null,
  case_office blob not null,
  state blob not null,                -- name of its heads
  live integer not null,              -- 1: something stands to be worked on
  waits integer not null default 0,   -- 1: for records that it was written from, or that it became
  changed_ms integer not null) strict, without rowid;
create index draft_case_waits on draft_case(case_id) where waits = 1;
create index draft_case_gone on draft_case(changed_ms) where live = 0;
create table draft_version(
  id blob not null,
  case_id blob not null,
  head integer not null,              -- 0: what a head was written from
  bytes blob not null,
  primary key(case_id, id)) strict;
create table draft_told(
  case_id blob not null, peer blob not null,
  state blob not null,                -- the state that it was told
  parts integer not null,
  primary key(case_id, peer)) strict, without rowid;
create table draft_part(
  peer blob not null, case_id blob not null, position integer not null,
  tag blob not null, parts integer not null, hlc integer not null,
  bytes blob not null, at_ms integer not null,
  primary key(peer, case_id, position)) strict;
create table chunk_want(                -- an attachment whose chunks other machines of ours were asked for
  id blob primary key not null,
  record integer not null) strict, without rowid;  -- its manifest
alter table draft add column seen blob not null default x'';
create index draft_unversioned on draft(matter) where seen = x'';
alter table draft add column disputed text not null default '';
alter table draft add column record blob;  -- signed off on another machine: its record has not come yet
)sql";

// What superiors make of a case, and what is said and done about that. Of what was passed on before there is no more
// than that; the word of it was the only annotation there was.
constexpr std::string_view kMainActs = R"sql(
create table act(
  record integer primary key references record(row),
  matter integer not null,
  kind integer not null,              -- office/acts.h
  office blob not null,
  hlc integer not null,
  addressees blob not null,           -- office ids one after the other
  on_record blob,                     -- the act that it answers
  made_on blob not null,              -- record ids of the versions, or of the act
  disposal integer not null,
  done integer not null,
  due_ms integer,
  assignees blob not null,
  state integer not null default 0,   -- office/act_states.h
  duty integer not null default 0,
  exercise integer not null,
  seen integer not null) strict;
create index act_matter on act(matter, hlc);
create index act_duty on act(duty, due_ms) where duty > 0;
create index act_unseen on act(record) where seen = 0;
insert into act(record, matter, kind, office, hlc, addressees, made_on, disposal, done, assignees, exercise, seen)
  select r.row, r.matter, 10, r.office, r.hlc, x'', coalesce((select p.parent from parent p where p.child = r.id limit 1),
  x''), 0, 0, x'', 0, 1 from record r where r.type in (6, 7) and r.quarantine = 0;
)sql";

// Cases that are no reports, and reports that answer a commission.
constexpr std::string_view kMainTasks = R"sql(
alter table matter add column sort integer not null default 0;  -- 0 report, 1 commission, 2 policy
create index matter_sort on matter(sort, row) where sort <> 0;
create index record_policy on record(row) where type = 16;
create table answer(
  commission blob not null,           -- its case
  matter integer not null references matter(row),  -- the report that names it
  primary key(commission, matter)) strict, without rowid;
create table passed(                  -- commissions of ours that pass one on
  parent blob not null, child blob not null,       -- their cases
  primary key(parent, child)) strict, without rowid;
)sql";

// Policies as a table, so that nobody reads all of them to know what holds; when an act got its completing signature.
// Programs before the migration above knew no commission, reply and policy and took each as a record of no known type:
// those are judged once more, from the envelopes that they came in. 17: unsupported type, what waits for this program.
constexpr std::string_view kMainJudged = R"sql(
create table policy(
  record integer primary key references record(row),
  office blob not null,
  version integer not null,
  effective_ms integer not null,
  hlc integer not null,
  said blob not null,                 -- hash of the body: one content in several records is one
  signer blob not null,               -- certificate
  unique(office, version, said)) strict;
insert into meta(key, value) values('policies_kept', x'00');  -- the next open keeps those that are here
alter table act add column signed_hlc integer not null default 0;  -- 0: complete when it was dated
update record set quarantine = 17 where quarantine = 0 and type in (9, 10, 16)
  and matter in (select row from matter where sort = 0)
  and (own = 0 or exists(select 1 from delivery d join envelope e on e.row = d.envelope
    where d.record = record.row and (e.copy = 2 or (e.back = 2 and e.state = 2))));
update envelope set state = 0, refusal = 0 where own = 0 and state = 2 and row in
  (select envelope from record where own = 0 and quarantine = 17 and type in (9, 10, 16));
update envelope set copy = 1 where copy = 2 and row in (select d.envelope from delivery d join record r on
  r.row = d.record where r.own = 1 and r.quarantine = 17 and r.type in (9, 10, 16));
update envelope set state = 4, refusal = 0, records = 0 where own = 1 and back = 2 and state = 2 and row in
  (select d.envelope from delivery d join record r on r.row = d.record
   where r.own = 1 and r.quarantine = 17 and r.type in (9, 10, 16));
update matter set state = 9, conflict = 0 where sort = 0
  and exists(select 1 from record r where r.matter = matter.row and r.quarantine = 17 and r.type in (9, 10, 16))
  and not exists(select 1 from record r where r.matter = matter.row and r.quarantine = 0)
  and not exists(select 1 from draft d where d.matter = matter.row);
)sql";

// Which record is the manifest of which attachment, and where the id stands in one that came before this table: behind
// the record's header with its parents and addressees, the body's version, the name and the size.
constexpr std::string_view kMainEnclosures = R"sql(
create table enclosure(
  attachment blob not null,           -- the tag on the wire
  record integer not null references record(row),
  primary key(attachment, record)) strict, without rowid;
create table kept_manifest as select row, bytes,
  149 + 32 * (instr('0123456789ABCDEF', substr(hex(substr(bytes, 139, 1)), 2, 1)) - 1)
      + 16 * (16 * (instr('0123456789ABCDEF', substr(hex(substr(bytes, 140, 1)), 1, 1)) - 1)
                 + (instr('0123456789ABCDEF', substr(hex(substr(bytes, 140, 1)), 2, 1)) - 1)) as body
  from record where type = 15;
insert or ignore into enclosure(attachment, record) select substr(bytes, body + 11 + 16 * (instr('0123456789ABCDEF',
  substr(hex(substr(bytes, body + 2, 1)), 1, 1)) - 1) + instr('0123456789ABCDEF', substr(hex(substr(bytes, body + 2, 1)),
  2, 1)) - 1, 16), row from kept_manifest where length(bytes) > body + 30;
drop table kept_manifest;
)sql";

// The same attachment may come from its author and from an office that hands it on: of each author's node by itself, so
// that nobody's bytes stand in the way of another's. What we hand on has no bytes of its own.
constexpr std::string_view kBlobHanded = R"sql(
pragma defer_foreign_keys=on;
create table attachment_kept as select * from attachment;
drop table attachment;
create table attachment(
  row integer primary key,
  id blob not null,                   -- the tag on the wire
  own integer not null,
  author blob not null,               -- node
  destination blob not null,
  count integer not null,             -- chunks
  have integer not null default 0,
  complete integer not null default 0,
  ready integer not null default 0,   -- own: the manifest was signed, chunks may leave
  at_ms integer not null,
  done integer not null default 0,    -- 1: every chunk is at the destination, or it came to us
  handed integer not null default 0,  -- own: 1 handed on for its author, chunks without bytes: those that came to us
  content blob,                       -- over the hashes of all chunks, once they are here; handed: what they must be
  unique(id, destination, author)) strict;
insert into attachment(row, id, own, author, destination, count, have, complete, ready, at_ms, done)
  select row, id, own, author, destination, count, have, complete, ready, at_ms, done
  from attachment_kept;
drop table attachment_kept;
create index attachment_open on attachment(destination) where done = 0 and ready = 1;
create index attachment_promised on attachment(id) where handed = 1 and ready = 0;
)sql";

// What lists are narrowed by, each with an index that gives its rows newest first; and lists that officers gave names.
constexpr std::string_view kMainList = R"sql(
alter table matter add column incident text not null default '';  -- of the newest version: its incident_type
alter table matter add column grade text not null default '';     -- and the level it states
create index matter_kind on matter(kind, row);
create index matter_incident on matter(incident, row) where incident <> '';
create index matter_grade on matter(grade, row) where grade <> '';
create index matter_conflict on matter(row) where conflict = 1;
create index matter_exercise on matter(row) where (flags & 32) <> 0;
create index matter_provisional on matter(row) where (flags & 16) <> 0;
create index matter_attached on matter(row) where attachments > 0;
create index matter_occurred on matter(occurred_ms, row);
create index matter_signed on matter(signed_ms, row);
create index matter_received on matter(received_ms, row);
create table view(
  person blob not null, name text not null,
  filter text not null,               -- parameters of GET /api/v1/reports, as a JSON object of texts
  changed_ms integer not null,
  primary key(person, name)) strict, without rowid;
)sql";

// Who is away and who signs in their place; mail that waits for co-signatures; what somebody has taken note of.
constexpr std::string_view kMainRoles = R"sql(
create table absence(
  matter integer primary key references matter(row),
  office blob not null,
  absent blob not null, absent_name text not null,
  deputy blob, deputy_name text not null,
  from_ms integer not null, until_ms integer not null,  -- as it was said
  begins integer not null, ends integer not null,       -- when the deputy's authority runs, half-open
  early integer not null,
  reason text not null, place text not null, contact text not null) strict;
create index absence_deputy on absence(office, deputy) where deputy is not null;
create index absence_ends on absence(ends);
alter table delivery add column held_until integer not null default 0;
create table hushed(                  -- what waits too long: somebody has taken note of that step
  item text not null, step integer not null,
  officer text not null, at_ms integer not null,
  primary key(item, step)) strict, without rowid;
)sql";

// What is noted before it is a report, what looks like what, and nil reports by their time.
constexpr std::string_view kMainDesk = R"sql(
create table clue(
  matter integer primary key not null,
  state integer not null,             -- office/clue.h
  text text not null, told_by text not null, place text not null, officer text not null,
  noted_ms integer not null,
  reason text not null,
  report blob) strict;                -- case of the draft that was begun from it
create index clue_state on clue(state, matter);
create index clue_report on clue(report) where report is not null;
alter table matter add column alike integer not null default 0;  -- 1: what is in alike and piece is of its newest text
create index matter_alike on matter(row) where alike = 0 and sort = 0;
create index matter_nil on matter(office, signed_ms) where kind = 12;
create table alike(
  matter integer primary key not null,
  exercise integer not null,
  type text not null,                 -- incident type, or empty
  at_ms integer not null,             -- when it happened, else when it was signed
  place text not null) strict;
create index alike_event on alike(type, at_ms) where type <> '';
create table piece(
  hash integer not null,              -- the smallest hashes of runs of six characters
  matter integer not null,
  primary key(hash, matter)) strict, without rowid;
)sql";

// When a record was signed at the latest, beside its clock; and when receipts first spoke of a delivery, by their own
// stamps. Of before only what was signed or told here is known.
constexpr std::string_view kMainMoments = R"sql(
alter table record add column signed_until_ms integer not null default 0;  -- 0: only its clock is known
alter table record add column signed_here integer not null default 0;      -- 1: that is the very moment
update record set signed_until_ms = at_ms, signed_here = 1 where own = 1 and at_ms > (hlc >> 20);
alter table matter add column submitted_ms integer;     -- newest version: of two persons and more, its clock
alter table matter add column signed_until_ms integer;  -- signed_ms is then the earlier end
alter table delivery add column stored_ms integer not null default 0;  -- 0: no receipt covered it yet
alter table delivery add column opened_ms integer not null default 0;
update delivery set stored_ms = done_ms where state in (2, 3);
alter table link add column failed_ms integer not null default 0;  -- later than last_contact_ms: nothing since
)sql";

// What people did with one case, for its history.
constexpr std::string_view kMainHistory = R"sql(
create index journal_subject on journal(subject, row) where subject <> '';
)sql";

// What the status page counts, read from an index alone.
constexpr std::string_view kMainCounts = R"sql(
create index matter_owed on matter(state, flags) where own = 1;
create index matter_came on matter(lane, state) where own = 0;
)sql";

// Exercises are counted by themselves: their numbers leave no gap among the real ones, and the status page tells them
// apart from an index alone.
constexpr std::string_view kMainExercises = R"sql(
create table numbered(
  office blob not null, year integer not null, exercise integer not null, last integer not null,
  primary key(office, year, exercise)) strict, without rowid;
insert into numbered select office, year, 0, last from number;
drop table number;
alter table numbered rename to number;
drop index matter_came;
create index matter_came on matter(lane, state, flags) where own = 0;
)sql";

constexpr std::array kMain{Migration{1, kMain1},        Migration{2, kMainHeads},       Migration{3, kMainRestore},
                           Migration{4, kMainCarry},    Migration{5, kMainWatch},       Migration{6, kMainRevocation},
                           Migration{7, kMainLines},    Migration{8, kMainNotices},     Migration{9, kMainFloor},
                           Migration{10, kMainTold},    Migration{11, kMainConsent},    Migration{12, kMainMachines},
                           Migration{13, kMainDrafts},  Migration{14, kMainActs},       Migration{15, kMainTasks},
                           Migration{16, kMainJudged},  Migration{17, kMainEnclosures}, Migration{18, kMainList},
                           Migration{19, kMainRoles},   Migration{20, kMainDesk},       Migration{21, kMainMoments},
                           Migration{22, kMainHistory}, Migration{23, kMainCounts},     Migration{24, kMainExercises}};
constexpr std::array kBlob{Migration{1, kBlob1}, Migration{2, kBlobCarry}, Migration{3, kBlobAddressees},
                           Migration{4, kBlobCopies}, Migration{5, kBlobHanded}};
}  // namespace

std::span<const Migration> main_migrations() { return kMain; }
std::span<const Migration> blob_migrations() { return kBlob; }

}  // namespace yz::node
