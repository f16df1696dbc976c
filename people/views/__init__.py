"""Pages of the door (`account`), of people, of the organisation, of the holidays."""
