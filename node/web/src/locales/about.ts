export const aboutZh = {
  admin: { nav: { about: '关于' } },
  about: {
    lead: '驿站 {version}，按 Apache-2.0 许可证发布。网页里用到下列软件包；清单在编译时从实际打进网页的代码得出，不向外面取任何东西。',
    packages: '网页里的软件包', name: '名称', version: '版本', licence: '许可证', text: '许可证全文', noText: '这个包没有附全文。', file: '下载全部许可证（licences.txt）', none: '这个程序不带网页的软件包清单。',
  },
};
export const aboutEn: typeof aboutZh = {
  admin: { nav: { about: 'About' } },
  about: {
    lead: 'Yizhan {version}, under the Apache License 2.0. The page is made with the packages below; the list is taken at the build from the code that is in the page, and nothing is fetched from elsewhere.',
    packages: 'Packages in the page', name: 'Name', version: 'Version', licence: 'Licence', text: 'Text of the licence', noText: 'The package brings no text.', file: 'All licences as a file (licences.txt)', none: 'This program has no list of packages.',
  },
};
