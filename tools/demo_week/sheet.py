def check(world, week): pass
def show(world, week, lang): print(week.said, {k: (o.web, o.process.pid) for k,o in world.offices.items()})
