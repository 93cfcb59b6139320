#include "node/fault.h"

#include <cstdlib>

namespace yz::node {

const FaultView& view_of(Fault fault) {
  static constexpr FaultView offline{
      "offline", 69, 503, "暂时连不上上级。内容已在本机排队，线路恢复后自动发出；特急事项请先打电话报告。",
      "The superior can't be reached. Everything is queued here and leaves by itself when the line is back; report "
      "what is most urgent by telephone now."};
  static constexpr FaultView busy{"busy", 75, 503, "系统正忙，另一个操作还没有结束。请稍等片刻再试。",
                                  "Another operation is still running. Wait a moment and try again."};
  static constexpr FaultView invalid{"invalid", 65, 422, "填写的内容不符合要求。请按提示改正后重新提交。",
                                     "Something entered breaks a rule. Correct what is named and submit again."};
  static constexpr FaultView denied{
      "denied", 77, 403, "口令不对，或者没有这项权限。请核对口令；需要权限的，请找本单位管理员。",
      "The passphrase is wrong, or this is not permitted. Check the passphrase, or ask your office's administrator for "
      "the role."};
  static constexpr FaultView missing{"missing", 66, 404, "没有找到。请核对编号；如果刚刚报送，请先同步再查。",
                                     "Nothing of that name is here. Check the number; if it was only just sent, sync "
                                     "first and look again."};
  static constexpr FaultView conflict{"conflict", 65, 409, "同一件事有两个版本。请打开对照，由人决定采用哪一个。",
                                      "There are two versions of one thing. Open them side by side and decide which "
                                      "holds."};
  static constexpr FaultView forged{"forged", 76, 400,
                                    "对方发来的数据没有通过校验，已拒收并留痕。请电话联系对方单位核实，不要反复重试。",
                                    "The peer's data failed a check; it was refused and recorded. Telephone that "
                                    "office to find out why; trying again "
                                    "as it is will not help."};
  static constexpr FaultView corrupt{
      "corrupt", 76, 500, "本机存储的数据自相矛盾，已停止服务以免扩大。请运行 yizhan doctor，必要时从备份恢复。",
      "This machine's own data disagrees with itself, so the node stopped. Run `yizhan doctor`, and restore from the "
      "backup if it says so."};
  static constexpr FaultView full{"full", 73, 507, "磁盘已满或超过上限，没有写入。请清理磁盘或减小内容后再试。",
                                  "The disk is full or a stated limit is reached; nothing was written. Make room, or "
                                  "send less at a time, and try again."};
  switch (fault) {
    case Fault::offline:
      return offline;
    case Fault::busy:
      return busy;
    case Fault::invalid:
      return invalid;
    case Fault::denied:
      return denied;
    case Fault::missing:
      return missing;
    case Fault::conflict:
      return conflict;
    case Fault::forged:
      return forged;
    case Fault::corrupt:
      return corrupt;
    case Fault::full:
      return full;
  }
  std::abort();  // only a stray cast gets here
}

int http_status(const Error& e) {
  if (e.fault == Fault::invalid && e.code.starts_with("malformed")) return 400;
  if (e.fault == Fault::invalid && e.code == "web.content") return 415;
  if (e.fault == Fault::denied && e.code == "login.wait") return 429;
  if (e.fault == Fault::denied && e.code.starts_with("login")) return 401;
  // Of these a person has to take less, not to make room on the disk.
  if (e.fault == Fault::full && (e.code.ends_with(".size") || e.code.ends_with(".too_long"))) return 413;
  return view_of(e.fault).http_status;
}

}  // namespace yz::node
