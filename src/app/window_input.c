#include "app/window_input.h"

static const struct { SDL_Keycode from; int to; } KEYS[] = {
    {SDLK_LEFT, KEY_LEFT}, {SDLK_RIGHT, KEY_RIGHT}, {SDLK_UP, KEY_UP}, {SDLK_DOWN, KEY_DOWN}, {SDLK_HOME, KEY_HOME}, {SDLK_END, KEY_END},
    {SDLK_PAGEUP, KEY_PAGE_UP}, {SDLK_PAGEDOWN, KEY_PAGE_DOWN}, {SDLK_BACKSPACE, KEY_BACKSPACE}, {SDLK_DELETE, KEY_DELETE},
    {SDLK_RETURN, KEY_ENTER}, {SDLK_KP_ENTER, KEY_ENTER}, {SDLK_TAB, KEY_TAB}, {SDLK_ESCAPE, KEY_ESCAPE}, {SDLK_F1, KEY_F1}, {SDLK_F6, KEY_F6},
    {SDLK_F11, KEY_F11}, {SDLK_KP_PLUS, '+'}, {SDLK_KP_MINUS, '-'}, {SDLK_KP_0, '0'}};

static unsigned modifiers_of(SDL_Keymod mod)
{
    const bool control = mod & (KMOD_CTRL | KMOD_GUI);
    return (mod & KMOD_SHIFT ? MOD_SHIFT : 0u) | (control ? MOD_CTRL : 0u) | (mod & KMOD_LALT ? MOD_ALT : 0u);
}

/* '?' and '+' stand on other keys with Shift; which ones depends on the keyboard, so the common ones are taken. */
static int shifted(int key, SDL_Keymod mod)
{
    if (!(mod & KMOD_SHIFT)) return key;
    if (key == '/') return '?';
    if (key == '=') return '+';
    return key;
}

static int key_of(const SDL_Keysym *sym)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (KEYS[i].from == sym->sym) return KEYS[i].to;
    if (sym->sym >= ' ' && sym->sym < 0x7F) return shifted(sym->sym, (SDL_Keymod)sym->mod);
    return KEY_OTHER;
}

static bool is_modifier(SDL_Keycode key)
{
    return key == SDLK_LSHIFT || key == SDLK_RSHIFT || key == SDLK_LCTRL || key == SDLK_RCTRL || key == SDLK_LALT || key == SDLK_LGUI || key == SDLK_RGUI;
}

static int button_of(Uint8 button)
{
    return button == SDL_BUTTON_LEFT ? BUTTON_LEFT : button == SDL_BUTTON_RIGHT ? BUTTON_RIGHT : BUTTON_MIDDLE;
}

static bool window_event(const SDL_WindowEvent *event, Input *input)
{
    input->type = event->event == SDL_WINDOWEVENT_LEAVE ? INPUT_LEAVE : INPUT_FOCUS;
    return event->event == SDL_WINDOWEVENT_LEAVE || event->event == SDL_WINDOWEVENT_FOCUS_GAINED;
}

bool input_of_event(const SDL_Event *event, float pt, Input *input)
{
    *input = (Input){.modifiers = modifiers_of(SDL_GetModState())};
    switch (event->type) {
    case SDL_KEYDOWN:
        *input = (Input){.type = INPUT_KEY, .key = key_of(&event->key.keysym), .modifiers = modifiers_of((SDL_Keymod)event->key.keysym.mod)};
        return true;
    case SDL_KEYUP:
        *input = (Input){.type = INPUT_KEY, .key = KEY_OTHER, .modifiers = modifiers_of(SDL_GetModState())};
        return is_modifier(event->key.keysym.sym);
    case SDL_TEXTINPUT: input->type = INPUT_TEXT, input->text = event->text.text; return true;
    case SDL_TEXTEDITING: input->type = INPUT_COMPOSE, input->text = event->edit.text; return true;
    case SDL_MOUSEMOTION: input->type = INPUT_MOVE, input->at = (Point){(float)event->motion.x * pt, (float)event->motion.y * pt}; return true;
    case SDL_MOUSEBUTTONDOWN: case SDL_MOUSEBUTTONUP:
        input->type = event->type == SDL_MOUSEBUTTONDOWN ? INPUT_PRESS : INPUT_RELEASE;
        input->at = (Point){(float)event->button.x * pt, (float)event->button.y * pt};
        input->button = button_of(event->button.button);
        input->clicks = event->button.clicks;
        return true;
    case SDL_MOUSEWHEEL:
        input->type = INPUT_WHEEL;
        input->at = (Point){(float)event->wheel.mouseX * pt, (float)event->wheel.mouseY * pt};
        input->by = (Point){-event->wheel.preciseX, event->wheel.preciseY};
        return true;
    case SDL_DROPFILE: input->type = INPUT_DROP, input->text = event->drop.file; return true;
    case SDL_QUIT: input->type = INPUT_CLOSE; return true;
    case SDL_WINDOWEVENT: return window_event(&event->window, input);
    }
    return false;
}
