"""Reports to measure with: from ../shared/bench's corpus where it is, else made here, always the same for a seed."""
import json
import os
import random
import re

LANES_MIXED = ("flash", "urgent", "routine", "routine", "routine", "routine")

# Written for this project. {…} are drawn anew each time; see _Words.
_PLACES = "柳河 青石 大桥 龙泉 双河 石门 清水 白杨 马鞍 沙坪 高岭 云台 金山 东关 西营 南坝 北沟 梨园 枣林 松涛 竹溪 桃源 牛角 虎头 鹰嘴 团山 长岗 平安 太平 永兴 新华 红旗 前进 胜利 光明 团结 丰收 凤凰 仙女 观音 土地 关帝 火石 黑龙 黄泥 赤岩 绿荫 银杏 古井 老鸦 野猪 羊角 铁匠 木匠 石匠 窑湾 渡口 磨坊 粮站 茶场 林场 渔场 盐井 煤坪 砖厂".split()
_ENDS = "村 沟 湾 坪 坝 岭 屯 寨 组 社区 桥 口 塘 坡 咀 冲".split()
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红建国春梅海燕志文永福德胜金凤树林长发有才生贵家祥成龙广田庆云世安怀忠立新学农守业兴旺改善水根土生火旺石头"
_THINGS = "道路 桥梁 水渠 泵站 变压器 光缆 民房 圈舍 大棚 冷库 学校 卫生室 敬老院 超市 加油站 烟花店 砖窑 采石场 尾矿库 水库 山塘 堤防 涵洞 边坡 公交 货车 三轮车 摩托车 农用机 渡船 果园 茶园 鱼塘 粮仓 林地 草场 水井 管网 广告牌 塔吊 脚手架 围墙 路灯 护栏 井盖 河道 滩地 苗圃 仓库 车间".split()
_BODIES = "镇应急办 镇党政办 派出所 卫生院 供电所 水利站 农技站 林业站 国土所 市场监管所 司法所 村两委 民兵连 消防站 交警中队 民政办 学校 供销社 信用社 县应急局 县水利局 县疾控中心 县交通局 县住建局 县气象局 县农业农村局 县卫健局 县公安局 县教育局 县信访局".split()
_KINDS = {
    "汛情": "{d}日{t}，{p}降雨量达{n}毫米，{p}河段水位上涨{k}米，超过警戒水位0.{k}米。|{p}山塘溢洪道出现渗漏，长约{k}米，值守人员{who}每{k}小时巡查一次。|转移低洼地带群众{n}户{m}人，安置在{p}小学和{p}便民中心。|冲毁{th}{k}处，淹没农田{m}亩，其中水稻{n}亩、玉米{n}亩。|{b}调运编织袋{m}条、块石{n}方，组织民兵{n}人上堤。",
    "地质灾害": "{p}后山发生滑坡，方量约{m}立方米，阻断通往{p}的村道{n}米。|坡脚{th}墙体开裂{k}厘米，涉及{n}户{m}人，均已在{t}前撤离。|{b}布设裂缝观测点{k}个，最近{k}小时位移{n}毫米，仍在变化。|{who}等{k}人一度失去联系，{t}在{p}找到，身体无碍。|专家判断雨后仍有再次下滑可能，警戒线外延{n}米。",
    "交通事故": "{t}，一辆牌号尾数{m}的{th}在{p}路段与对向车辆相撞，造成{k}人受伤。|伤者{who}（{n}岁）、{who}（{n}岁）由{b}送县医院，{who}伤势较重。|现场交通中断{n}分钟，经{b}疏导，{t}恢复单向通行。|初步了解，事发路段有{n}米无防护栏，弯道半径不足。|涉事车辆载货{k}吨，货物为{th}配件，无危险品。",
    "火情": "{p}一处{th}起火，过火面积{n}平方米，无人员被困。|{b}出动车辆{k}台、人员{n}名，{t}扑灭明火。|起火原因疑为线路老化，户主{who}当时在{p}务工。|损失粮食{m}公斤、家具家电{n}件，折价约{m}00元。|已安排看守余火{k}人，每{n}分钟报一次平安。",
    "疫病": "{p}养殖户{who}存栏{m}头，{d}日起陆续发病{n}头、死亡{k}头。|{b}采样{n}份送检，结果预计{d}日返回。|对周边{k}公里内{n}户养殖场排查，暂未发现同类情况。|划定隔离区，设消毒点{k}处，用消毒液{m}升。|病死畜禽按规定无害化处理，深埋点位于{p}以北{m}米。",
    "民生": "{p}群众反映{th}破损{k}个多月，雨天无法通行，影响{n}名学生上学。|自来水压力不足，{n}户每天{t}后停水，靠{p}老井取水。|{who}等{k}位老人领取养老待遇需往返{n}公里，建议设代办点。|今年该村新增低保{k}户，退出{k}户，公示期内收到意见{k}条。|{b}答复将在{d}日前完成勘查，估算资金{n}万元。",
    "农业": "全镇完成春耕整地{m}亩，占计划的{n}%，比上年同期快{k}天。|{p}示范片推广新品种{n}亩，测产每亩{m}公斤。|发现草地贪夜蛾虫株率{k}%，{b}组织统防统治{m}亩次。|化肥到村价每吨{m}元，比上月涨{n}元，农户{who}等反映负担加重。|订单收购{th}类产品{n}吨，带动{m}户增收，户均{m}元。",
    "信访": "{d}日上午，{p}{n}名群众到{b}反映征地补偿问题，代表为{who}、{who}。|诉求主要有{k}项：补偿面积相差{k}亩，青苗费每亩少{n}元，过渡费拖欠{k}个月。|{who}副镇长接待，承诺{d}日前核对{th}丈量记录并书面答复。|群众于{t}自行离开，未发生过激行为。|{b}建议县里统一口径，明确{p}片区附着物标准。",
    "安全生产": "对{p}{th}开展检查，发现隐患{n}条，当场整改{k}条。|企业负责人{who}未按规定登记进出库，{b}责令{d}日前改正。|储存量{m}箱，超核定量{n}箱，已封存转运至{p}。|作业人员{n}人中有{k}人无证上岗，即日起停工培训。|夜间{t}抽查值班，{k}处无人在岗，通报并约谈。",
}
_COMMON = "接到报告后，镇主要负责同志{who}立即赶赴现场，{b}、{b}同步到位。|{t}向县委值班室电话报告，联系人{who}，电话1{ph}。|目前群众情绪稳定，未发现{th}次生风险。|需要上级协调解决{th}抢修物资{n}件、资金{n}万元。|据{who}介绍，{p}类似情况近{k}年发生过{k}次。|下一步，一是由{b}继续排查{p}一带，二是{b}在{d}日前拿出方案，三是落实{k}名干部包片。|受影响的{th}共{n}处，已恢复{k}处，其余预计{d}日恢复。|{p}与{p}之间通信一度中断，改用对讲机每{n}分钟联络一次。|{b}已备足{k}天口粮、饮水{m}升、棉被{n}床。|有关数据以{t}为准，后续情况另报。|{who}现场会办，要求{k}小时内复核{p}、{p}两处点位。".split("|")


class _Words:
    def __init__(self, rng):
        self.rng = rng

    def __getitem__(self, key):
        r = self.rng
        if key == "p":
            return r.choice(_PLACES) + r.choice(_ENDS)
        if key == "who":
            return r.choice(_SURNAMES) + "".join(r.choice(_GIVEN) for _ in range(r.choice((1, 2, 2))))
        if key == "th":
            return r.choice(_THINGS)
        if key == "b":
            return r.choice(_BODIES)
        if key == "t":
            return f"{r.randrange(24)}时{r.randrange(60)}分"
        return str({"d": r.randrange(1, 31), "k": r.randrange(2, 10), "n": r.randrange(10, 100), "m": r.randrange(100, 1000),
                    "ph": f"{r.randrange(10**10):010d}"}[key])


def _unlike(clause, rng, everything):
    """Two characters replaced by two from elsewhere: else a long-window compressor finds the same clause again."""
    at = rng.randrange(max(1, len(clause) - 2))
    there = rng.randrange(len(everything) - 2)
    return clause[:at] + everything[there:there + 2] + clause[at + 2:]


def _made(n, seed):
    rng = random.Random(seed)
    words = _Words(rng)
    everything = re.sub("[^\u4e00-\u9fff]", "", "".join(_KINDS.values()) + "".join(_COMMON) + "".join(_PLACES + _THINGS + _BODIES))
    all_kinds = [part for text in _KINDS.values() for part in text.split("|")]
    for i in range(n):
        kind = rng.choice(list(_KINDS))
        own = _KINDS[kind].split("|")
        want, parts, size = rng.randrange(1100, 3700), [], 0
        # Each sentence once: what belongs to the kind first, then what fits any, then other matters of the same day.
        rest = [s for s in all_kinds if s not in own]
        order = rng.sample(own, len(own)) + rng.sample(_COMMON, len(_COMMON)) + rng.sample(rest, len(rest))
        while size < want and order:
            clauses = re.split("(?<=[，、：；])", order.pop(0).format_map(words))
            part = "".join(_unlike(c, rng, everything) if len(c) > 5 else c for c in clauses)
            parts.append(part)
            size += len(part.encode())
        place = words["p"]
        yield {"title": f"{place}{kind}信息（{rng.randrange(1, 400)}期）", "body": "".join(parts),
               "occurred_at": f"2026-{rng.randrange(1, 11):02d}-{rng.randrange(1, 29):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00+08:00"}


def _from_folder(folder, n):
    """The peers send these files as they are, so the whole file is the body; the title comes on top of it."""
    names = sorted(os.listdir(folder))[:n]
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            raw = f.read()
        report = json.loads(raw)
        yield {"title": report["title"][:60] or "无题", "body": raw, "occurred_at": report["occurred_at"]}


class Texts:
    def __init__(self, folder, seed):
        self.folder, self.seed = folder, seed
        there = len(os.listdir(folder)) if folder and os.path.isdir(folder) else 0
        self.available = there
        self.origin = f"{there} reports of {folder}" if there else f"made by tools/bench/texts.py, seed {seed}"

    def reports(self, n):
        if self.available >= n:
            return list(_from_folder(self.folder, n))
        if self.available:  # more are wanted than there are: again from the start, with another number in front
            base = list(_from_folder(self.folder, self.available))
            return [{**base[i % len(base)], "title": f"{i}号 " + base[i % len(base)]["title"][:50],
                     "body": f"{i * 7919 % 10**9} " + base[i % len(base)]["body"]} for i in range(n)]
        return list(_made(n, self.seed))

    def lines(self, path, n, mixed=False, start=0):
        """Writes the lines for `report import`; gives their bytes."""
        total = 0
        with open(path, "wb") as f:
            for i, r in enumerate(self.reports(start + n)[start:]):
                lane = LANES_MIXED[i % 6] if mixed else "routine"
                line = json.dumps({"kind": "dynamic", "lane": lane, **r, "fields": {}}, ensure_ascii=False).encode()
                total += len(line)
                f.write(line + b"\n")
        return total

    def folder_of_bodies(self, path, n):
        os.makedirs(path, exist_ok=True)
        for i, r in enumerate(self.reports(n)):
            with open(os.path.join(path, f"{i:06d}"), "wb") as f:
                f.write(r["body"].encode())
