/** Parts an HTML file of ours into its mark-up without <style> elements, and the rules that stood in them. */
export function takeStyles(html: string): { markup: string; rules: string } {
  const rules: string[] = [];
  const markup = html.replace(/<style[^>]*>([\s\S]*?)<\/style>/gi, (_, text: string) => {
    rules.push(text);
    return '';
  });
  return { markup, rules: rules.join('\n') };
}
