/**
 * What a shell has to know: whom to ask. Each asks `gofer complete -- WORDS`, which answers a line `text<TAB>description`
 * for each word that fits, and `:files` where names of files do.
 */
const bash = `_gofer() {
  local line words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  [[ \${COMP_WORDS[COMP_CWORD]} == = ]] && words+=('')
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(gofer complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _gofer gofer
`;

const zsh = `#compdef gofer
_gofer() {
  local line
  local -a words_that_fit
  for line in "\${(@f)$(gofer complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      _files
    elif [[ -n $line ]]; then
      words_that_fit+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( $#words_that_fit )) && _describe gofer words_that_fit
}
if [[ $funcstack[1] == _gofer ]]; then
  _gofer "$@"
else
  compdef _gofer gofer
fi
`;

const fish = `function __gofer_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  for line in (gofer complete -- $words[2..] "$typed" 2>/dev/null)
    if test "$line" = ':files'
      __fish_complete_path "$typed"
    else
      echo $line
    end
  end
end
complete -c gofer -f -a '(__gofer_complete)'
`;

/** By the shell that reads it. */
export const scripts = { bash, zsh, fish } as const;

export type Shell = keyof typeof scripts;
