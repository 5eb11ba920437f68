/* completion.c - what a shell completes, out of the table of commands. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#define WORD_SIZE 64

/* The commands that begin with the first n words of row i, in their order. */
static size_t
prefix_length(const struct command *c, size_t n)
{
    const char *at = c->words;

    while (n-- > 0) {
        at += strcspn(at, " ");
        if (n > 0 && *at == '\0')
            return 0;
        at += n > 0;
    }
    return (size_t)(at - c->words);
}

static size_t
count_words(const char *words)
{
    size_t n = 1;

    for (; *words != '\0'; words++)
        n += *words == ' ';
    return n;
}

/* Does a row before i have the same first n words? */
static bool
seen_before(size_t i, size_t n)
{
    size_t length = prefix_length(command_at(i), n);

    for (size_t k = 0; k < i; k++) {
        const char *other = command_at(k)->words;

        if (strncmp(other, command_at(i)->words, length) == 0 &&
            (other[length] == ' ' || other[length] == '\0'))
            return true;
    }
    return false;
}

/* For zsh, between single quotes; for bash only a space. */
static void
print_summary(bool summaries, const char *summary)
{
    if (!summaries) {
        putchar(' ');
        return;
    }
    putchar(':');
    for (; *summary != '\0'; summary++) {
        if (*summary == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*summary);
    }
    putchar('\n');
}

/* Each different beginning of n words, with what may come behind it. */
static void
print_next(bool summaries, const char *prefix, size_t n)
{
    size_t length = strlen(prefix);

    for (size_t i = 0; i < command_count(); i++) {
        const char *words = command_at(i)->words;
        const char *word = words + length + (length > 0);

        if (count_words(words) <= n || strncmp(words, prefix, length) != 0 ||
            (length > 0 && words[length] != ' ') || seen_before(i, n + 1))
            continue;
        printf("%.*s", (int)strcspn(word, " "), word);
        print_summary(summaries, count_words(words) == n + 1 ? command_at(i)->summary : "");
    }
}

/* An entry of an associative array. zsh takes no key with a blank between brackets. */
static void
begin_entry(bool zsh, const char *array, const char *key)
{
    printf(zsh ? "%s+=('-%s' '" : "%s[-%s]='", array, key);
}

static void
end_entry(bool zsh)
{
    puts(zsh ? "')" : "'");
}

static void
each_prefix(const char *array, bool zsh)
{
    begin_entry(zsh, array, "");
    print_next(zsh, "", 0);
    end_entry(zsh);
    for (size_t i = 0; i < command_count(); i++) {
        char prefix[WORD_SIZE];

        if (count_words(command_at(i)->words) < 2 || seen_before(i, 1))
            continue;
        snprintf(prefix, sizeof(prefix), "%.*s", (int)prefix_length(command_at(i), 1),
                 command_at(i)->words);
        begin_entry(zsh, array, prefix);
        print_next(zsh, prefix, 1);
        end_entry(zsh);
    }
}

static void
each_command(const char *options, const char *files, bool zsh)
{
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *c = command_at(i);

        begin_entry(zsh, options, c->words);
        for (const struct option *o = c->options; o->name != NULL; o++)
            printf("%s ", o->name);
        end_entry(zsh);
        if (strstr(c->arguments, "FILE") == NULL && strstr(c->arguments, "FOLDER") == NULL)
            continue;
        begin_entry(zsh, files, c->words);
        putchar('1');
        end_entry(zsh);
    }
}

/* What may stand behind an option, by "command option". */
static void
each_choice(const char *values, bool zsh)
{
    char store[CHOICES_MOST][CHOICE_MAX], key[2 * WORD_SIZE];
    const char *words[CHOICES_MOST];

    for (size_t i = 0; i < command_count(); i++) {
        for (const struct option *o = command_at(i)->options; o->name != NULL; o++) {
            size_t n = option_choices(o, store, words);

            if (n == 0)
                continue;
            snprintf(key, sizeof(key), "%s %s", command_at(i)->words, o->name);
            begin_entry(zsh, values, key);
            for (size_t k = 0; k < n; k++)
                printf("%s ", words[k]);
            end_entry(zsh);
        }
    }
}

static const char bash_begin[] =
    "# bash completion for meterpost: written by `meterpost completion bash`.\n"
    "declare -gA _meterpost_next=() _meterpost_options=() _meterpost_files=()\n"
    "declare -gA _meterpost_values=()\n";

/* A key of an associative array may not be empty in bash: "-" stands in front of each. */
static const char bash_end[] =
    "_meterpost() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local words='' command='' i word\n"
    "    COMPREPLY=()\n"
    "    case $prev in\n"
    "    --config | -c | --out | --html | --key | --folder)\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "        return\n"
    "        ;;\n"
    "    esac\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        case $word in\n"
    "        --config | -c) ((i++)) ;;\n"
    "        -*) ;;\n"
    "        *)\n"
    "            words+=${words:+ }$word\n"
    "            [[ -n ${_meterpost_options[-$words]+known} ]] && command=$words\n"
    "            ;;\n"
    "        esac\n"
    "    done\n"
    "    if [[ -n ${_meterpost_values[-$command $prev]-} ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"${_meterpost_values[-$command $prev]}\" "
    "-- \"$cur\")\n"
    "    elif [[ $cur == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"${_meterpost_options[-$command]-}\n"
    "            --config --json --csv --quiet --yes --dry-run --help\" -- \"$cur\")\n"
    "    elif [[ -z $command ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"${_meterpost_next[-$words]-}\" -- "
    "\"$cur\")\n"
    "    elif [[ -n ${_meterpost_files[-$command]-} ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "    fi\n"
    "}\n"
    "complete -o filenames -F _meterpost meterpost\n";

static void
print_bash(void)
{
    fputs(bash_begin, stdout);
    each_prefix("_meterpost_next", false);
    each_command("_meterpost_options", "_meterpost_files", false);
    each_choice("_meterpost_values", false);
    fputs(bash_end, stdout);
}

static const char zsh_begin[] =
    "#compdef meterpost\n"
    "# zsh completion for meterpost: written by `meterpost completion zsh`.\n"
    "local -A meterpost_next meterpost_options meterpost_files meterpost_values\n";

static const char zsh_end[] =
    "local command='' typed='' word i\n"
    "for ((i = 2; i < CURRENT; i++)); do\n"
    "    word=$words[i]\n"
    "    case $word in\n"
    "    --config|-c) ((i++)) ;;\n"
    "    -*) ;;\n"
    "    *)\n"
    "        typed+=${typed:+ }$word\n"
    "        (( ${+meterpost_options[-$typed]} )) && command=$typed\n"
    "        ;;\n"
    "    esac\n"
    "done\n"
    "local option=\"-$command $words[CURRENT-1]\"\n"
    "if (( ${+meterpost_values[$option]} )); then\n"
    "    compadd -- ${=meterpost_values[$option]}\n"
    "elif [[ $PREFIX == -* ]]; then\n"
    "    compadd -- ${=meterpost_options[-$command]} --config --json --csv --quiet --yes "
    "\\\n"
    "        --dry-run --help\n"
    "elif [[ -z $command ]]; then\n"
    "    local -a choices\n"
    "    choices=(\"${(@f)meterpost_next[-$typed]}\")\n"
    "    _describe -t commands 'meterpost command' choices\n"
    "elif [[ -n $meterpost_files[-$command] ]]; then\n"
    "    _files\n"
    "fi\n";

static void
print_zsh(void)
{
    fputs(zsh_begin, stdout);
    each_prefix("meterpost_next", true);
    each_command("meterpost_options", "meterpost_files", true);
    each_choice("meterpost_values", true);
    fputs(zsh_end, stdout);
}

enum status
run_completion(struct cli *c)
{
    if (strcmp(c->args[0], "bash") == 0)
        print_bash();
    else if (strcmp(c->args[0], "zsh") == 0)
        print_zsh();
    else {
        say_error("completion is for bash or zsh, not for '%.40s'", c->args[0]);
        return STATUS_USAGE;
    }
    return STATUS_DONE;
}
