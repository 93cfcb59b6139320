/** The few of Element Plus that the page uses, and their styles. */
import 'element-plus/theme-chalk/base.css';
import 'element-plus/theme-chalk/el-button.css';
import 'element-plus/theme-chalk/el-input.css';
import 'element-plus/theme-chalk/el-message.css';
import 'element-plus/theme-chalk/el-option.css';
import 'element-plus/theme-chalk/el-option-group.css';
import 'element-plus/theme-chalk/el-popper.css';
import 'element-plus/theme-chalk/el-radio-button.css';
import 'element-plus/theme-chalk/el-radio-group.css';
import 'element-plus/theme-chalk/el-scrollbar.css';
import 'element-plus/theme-chalk/el-select.css';
import 'element-plus/theme-chalk/el-tag.css';
export { ElButton, ElConfigProvider, ElInput, ElMessage, ElOption, ElOptionGroup, ElRadioButton, ElRadioGroup, ElSelect, ElTag } from 'element-plus';
export { default as zhCn } from 'element-plus/es/locale/lang/zh-cn';
export { default as en } from 'element-plus/es/locale/lang/en';
