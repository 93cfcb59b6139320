/** The sentences of the list, its saved views and its table. Both languages beside each other. */
export const listZh = {
  list: {
    kind: '类别', class: '事件大类', grade: '等级', from_day: '起', until_day: '止', by: '按', by_signed: '签发时间', by_occurred: '事发时间', by_received: '收到时间', sort: '排序', sort_none: '最新在前', among: '只排了最新的 {n} 件，更早的请加条件再找。',
    due: '时限', due_overdue: '已超时', due_today: '今天到期', due_any: '有时限', exercise: '演练', exercise_true: '只看演练', exercise_false: '不看演练', attachments: '附件', attachments_true: '有附件', attachments_false: '无附件',
    further: '更多条件', views: '常用视图', noViews: '还没有保存的视图。筛选后点“存为视图”，换一台电脑登录也在。', save: '存为视图', saveName: '视图名称', saveText: '只有您本人看得到，存在节点里。同名的会被替换。', saved: '已存为“{name}”', forget: '删除视图“{name}”', forgetText: '只删除这个名称，信息不受影响。', forgotten: '已删除', shown: '已显示 {n} 件', key: '按 {n} 打开',
    export: '导出表格', exporting: '正在导出… {n} KB', exported: '已导出，日志中已记下', exportText: '当前条件下的全部信息（不只是已显示的）写成表格，用 Excel 打开。导出会记入日志。',
  },
  picture: { open: '放大 {name}', close: '关闭' },
};
export const listEn = {
  list: {
    kind: 'Kind', class: 'Class of incident', grade: 'Grade', from_day: 'From', until_day: 'Until', by: 'By', by_signed: 'time signed', by_occurred: 'time of the event', by_received: 'time received', sort: 'Order', sort_none: 'newest first', among: 'Only the newest {n} are in order: narrow the list to find older ones.',
    due: 'Due', due_overdue: 'overdue', due_today: 'today', due_any: 'at all', exercise: 'Exercises', exercise_true: 'only', exercise_false: 'none', attachments: 'Attachments', attachments_true: 'with', attachments_false: 'without',
    further: 'More', views: 'Saved views', noViews: 'No views are saved yet. Narrow the list and save it: it is there on whatever computer you sign in.', save: 'Save as a view', saveName: 'Name', saveText: 'For you alone, kept in the node. One of the same name is replaced.', saved: 'Saved as “{name}”', forget: 'Delete the view “{name}”', forgetText: 'Only the name goes; no report is touched.', forgotten: 'Deleted', shown: '{n} shown', key: 'press {n}',
    export: 'Export', exporting: 'Exporting… {n} KB', exported: 'Exported, and noted in the journal', exportText: 'All reports that fit (not only those shown) as a table for Excel. The journal notes who exported.',
  },
  picture: { open: 'Enlarge {name}', close: 'Close' },
};
