"""A tiny story generator, to see what a model of children's stories makes of source code."""

import random

HEROES = ["a brave mouse", "a sleepy bear", "a girl named Mia"]
PLACES = ["in the forest", "by the river", "on top of a hill"]
FRIENDS = {"owl": "wise", "frog": "funny", "dog": "loyal"}


def tell(seed: int) -> str:
    """One short story; the same seed tells the same story."""
    dice = random.Random(seed)
    hero, place = dice.choice(HEROES), dice.choice(PLACES)
    friend, virtue = dice.choice(list(FRIENDS.items()))
    return (
        f"Once upon a time, there was {hero} {place}. "
        f"One day a {virtue} {friend} came to play, and they became friends."
    )


if __name__ == "__main__":
    for number in range(3):
        print(tell(number))
