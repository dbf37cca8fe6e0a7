/** Light or dark: the system's choice until somebody chooses here. */
export function followTheme(button: HTMLElement): void {
  const root = document.documentElement;
  const saved = localStorage.getItem('theme');
  if (saved === 'dark' || saved === 'light') root.dataset['theme'] = saved;
  button.onclick = () => {
    const chosen = root.dataset['theme'];
    const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset['theme'] = dark ? 'light' : 'dark';
    localStorage.setItem('theme', root.dataset['theme']);
  };
}
